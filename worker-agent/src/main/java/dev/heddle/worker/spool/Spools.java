package dev.heddle.worker.spool;

import dev.heddle.contracts.TraceId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All spools of a worker. */
public final class Spools {

  private static final Logger log = LoggerFactory.getLogger(Spools.class);

  /** Small enough that what was sent soon leaves the disk. */
  private static final long SEGMENT_BYTES = 4L * 1024 * 1024;

  /** The file of a spool that keeps its trace. */
  private static final String TRACE = "trace";

  private final Path folder;
  private final RecordSender sender;
  private final long limitBytes;
  private final Map<String, Spool> open = new ConcurrentHashMap<>();

  /**
   * @param limitBytes how much of one attempt may wait for the broker before its engine is held up
   */
  public Spools(Path folder, RecordSender sender, long limitBytes) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.sender = sender;
    this.limitBytes = limitBytes;
  }

  /**
   * A new spool under a name that was never used.
   *
   * @param trace under which its records are sent, also by a later worker
   */
  public Spool open(String name, TraceId trace) throws IOException {
    Segments segments = Segments.create(folder.resolve(name), SEGMENT_BYTES);
    Files.writeString(folder.resolve(name).resolve(TRACE), trace.header());
    return add(name, segments, trace, false);
  }

  /**
   * Sends what an earlier worker of this home left. Call it before the first {@link #open}.
   *
   * @return completes when the broker has all of it
   */
  public CompletableFuture<Void> sendLeftovers() throws IOException {
    List<CompletableFuture<Void>> left = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder)) {
      for (Path leftover : folders) {
        String name = leftover.getFileName().toString();
        log.atInfo().addKeyValue("spool", name).log("sending what an earlier worker left");
        left.add(add(name, Segments.recover(leftover), traceOf(leftover), true).delivered());
      }
    }
    return CompletableFuture.allOf(left.toArray(CompletableFuture[]::new));
  }

  /** Records that the broker does not have yet. */
  public long depth() {
    return open.values().stream().mapToLong(Spool::depth).sum();
  }

  /** Waits until the broker has everything; false if that took too long. */
  public boolean awaitEmpty(Duration limit) throws InterruptedException {
    try {
      CompletableFuture.allOf(
              open.values().stream().map(Spool::delivered).toArray(CompletableFuture[]::new))
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    }
  }

  /** Stops sending; what is left is sent by the next worker of this home. */
  public void close() {
    open.values().forEach(Spool::close);
  }

  /** A torn file must not keep the records back. */
  private static TraceId traceOf(Path leftover) throws IOException {
    Path file = leftover.resolve(TRACE);
    String header = Files.exists(file) ? Files.readString(file) : null;
    return TraceId.ofHeader(header).orElseGet(TraceId::random);
  }

  private Spool add(String name, Segments segments, TraceId trace, boolean sealed) {
    Spool spool =
        new Spool(name, trace, segments, sender, limitBytes, sealed, () -> open.remove(name));
    open.put(name, spool);
    return spool;
  }
}
