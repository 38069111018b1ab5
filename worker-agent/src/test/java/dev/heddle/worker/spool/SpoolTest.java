package dev.heddle.worker.spool;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.LogScope;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SpoolTest {

  private static final long LIMIT = 1_000_000;
  private static final TraceId LEFT = TraceId.random();

  @TempDir Path folder;
  private final Broker broker = new Broker();
  private final List<Spools> opened = new ArrayList<>();

  /** Takes records at once, refuses them, or leaves them unanswered. */
  private static final class Broker implements RecordSender {
    enum Mood {
      TAKES,
      FAILS,
      SILENT
    }

    final List<String> taken = new CopyOnWriteArrayList<>();
    final List<TraceId> traces = new CopyOnWriteArrayList<>();
    final List<Done> unanswered = new CopyOnWriteArrayList<>();
    volatile Mood mood = Mood.TAKES;

    @Override
    public synchronized void send(String topic, String key, byte[] payload, Done done) {
      String text = topic + " " + key + " " + new String(payload, StandardCharsets.UTF_8);
      switch (mood) {
        case TAKES -> {
          taken.add(text);
          traces.add(LogScope.trace().orElseThrow());
          done.accept(null);
        }
        case FAILS -> done.accept(new TimeoutException("away"));
        case SILENT -> unanswered.add(done);
      }
    }
  }

  @AfterEach
  void close() {
    opened.forEach(Spools::close);
  }

  @Test
  void deliversInOrderAndLeavesNothingOnDisk() throws Exception {
    Spool spool = spools(LIMIT).open("a", TraceId.random());
    spool.trace("t", bytes("1"));
    spool.fact("s", bytes("2"));
    spool.trace("t", bytes("3"));
    spool.last("s", bytes("4"));

    spool.delivered().get(10, SECONDS);

    assertThat(broker.taken)
        .containsExactly(
            "trace.events t 1", "session.events s 2", "trace.events t 3", "session.events s 4");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void theLastFactWaitsUntilAllBeforeItIsAcknowledged() throws Exception {
    broker.mood = Broker.Mood.SILENT;
    Spool spool = spools(LIMIT).open("a", TraceId.random());
    spool.trace("t", bytes("1"));
    spool.fact("s", bytes("2"));
    spool.last("s", bytes("3"));
    await().until(() -> broker.unanswered.size() == 2);

    broker.unanswered.get(1).accept(null);
    assertThat(broker.unanswered).hasSize(2);
    broker.unanswered.get(0).accept(null);

    await().until(() -> broker.unanswered.size() == 3);
    assertThat(spool.delivered()).isNotDone();
    broker.unanswered.get(2).accept(null);
    spool.delivered().get(10, SECONDS);
  }

  @Test
  void afterAFailureItGoesOnFromTheFirstUnacknowledged() throws Exception {
    broker.mood = Broker.Mood.SILENT;
    Spool spool = spools(LIMIT).open("a", TraceId.random());
    for (int i = 1; i <= 4; i++) {
      spool.trace("t", bytes("" + i));
    }
    await().until(() -> broker.unanswered.size() == 4);
    broker.mood = Broker.Mood.TAKES;

    broker.unanswered.get(0).accept(null);
    broker.unanswered.get(1).accept(new TimeoutException("away"));
    broker.unanswered.get(2).accept(null);
    broker.unanswered.get(3).accept(null);
    spool.last("s", bytes("end"));

    spool.delivered().get(10, SECONDS);
    assertThat(broker.taken)
        .containsExactly(
            "trace.events t 2", "trace.events t 3", "trace.events t 4", "session.events s end");
  }

  @Test
  void aRecordThatIsTooLargeBlocksNothing() throws Exception {
    broker.mood = Broker.Mood.SILENT;
    Spool spool = spools(LIMIT).open("a", TraceId.random());
    spool.trace("t", bytes("1"));
    await().until(() -> broker.unanswered.size() == 1);
    broker.mood = Broker.Mood.TAKES;

    broker.unanswered.getFirst().accept(new RecordTooLargeException());
    spool.last("s", bytes("end"));

    spool.delivered().get(10, SECONDS);
    assertThat(broker.taken).containsExactly("session.events s end");
  }

  @Test
  void whatAKilledWorkerLeftIsSentByTheNext() throws Exception {
    // For this worker it fails to the last: what is on its way as the worker ends stays
    // undelivered.
    Broker gone = new Broker();
    gone.mood = Broker.Mood.FAILS;
    Spools first = new Spools(folder, gone, LIMIT);
    opened.add(first);
    Spool spool = first.open("a", TraceId.random());
    IntStream.rangeClosed(1, 500).forEach(i -> spool.trace("t", bytes("" + i)));
    spool.last("s", bytes("end"));
    first.close();

    spools(LIMIT).sendLeftovers().get(10, SECONDS);

    List<String> expected =
        new ArrayList<>(
            IntStream.rangeClosed(1, 500).mapToObj(i -> "trace.events t " + i).toList());
    expected.add("session.events s end");
    assertThat(broker.taken).containsExactlyElementsOf(expected);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatAnEarlierWorkerLeftIsSentUnderItsOwnTrace() throws Exception {
    leftover(2);

    spools(LIMIT).sendLeftovers().get(10, SECONDS);

    assertThat(broker.traces).containsExactly(LEFT, LEFT);
  }

  @Test
  void aTornTailIsLeftOutAndWhatIsWholeIsSent() throws Exception {
    Path file = leftover(3);
    try (RandomAccessFile torn = new RandomAccessFile(file.toFile(), "rw")) {
      torn.setLength(torn.length() - 1);
    }

    spools(LIMIT).sendLeftovers().get(10, SECONDS);

    assertThat(broker.taken).containsExactly("trace.events t 1", "trace.events t 2");
  }

  @Test
  void aHarmedFrameEndsTheFile() throws Exception {
    Path file = leftover(3);
    int frame = (int) (Files.size(file) / 3);
    try (RandomAccessFile harmed = new RandomAccessFile(file.toFile(), "rw")) {
      harmed.seek(2L * frame - 1);
      int last = harmed.read();
      harmed.seek(2L * frame - 1);
      harmed.write(last ^ 1);
    }

    spools(LIMIT).sendLeftovers().get(10, SECONDS);

    assertThat(broker.taken).containsExactly("trace.events t 1");
  }

  @Test
  void aFullSpoolHoldsEventsUpButNotFacts() throws Exception {
    broker.mood = Broker.Mood.SILENT;
    Spool spool = spools(10_000).open("a", TraceId.random());
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(() -> {
          for (int i = 0; i < 100; i++) {
            spool.trace("t", new byte[1_000]);
          }
        });
    await().until(() -> broker.unanswered.size() >= 10);
    assertThat(writer).isNotDone();

    spool.fact("s", bytes("cancel answered"));
    await()
        .until(() -> {
          while (!broker.unanswered.isEmpty()) {
            broker.unanswered.removeFirst().accept(null);
          }
          return writer.isDone();
        });
    writer.get();
  }

  @Test
  void sealingReleasesAWriterThatIsHeldUp() throws Exception {
    broker.mood = Broker.Mood.SILENT;
    Spool spool = spools(10_000).open("a", TraceId.random());
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(() -> {
          for (int i = 0; i < 100; i++) {
            spool.trace("t", new byte[1_000]);
          }
        });
    await().until(() -> broker.unanswered.size() >= 10);

    spool.seal();

    writer.get(10, SECONDS);
  }

  @Test
  void sentFilesLeaveTheDiskBeforeTheEnd() throws Exception {
    Spool spool = spools(Long.MAX_VALUE).open("a", TraceId.random());
    byte[] payload = new byte[100_000];
    for (int i = 0; i < 150; i++) {
      spool.trace("t", payload);
    }

    await()
        .until(() -> {
          try (Stream<Path> files = Files.list(folder.resolve("a"))) {
            return files.filter(SpoolTest::holdsFrames).count() == 1;
          }
        });
    spool.seal();
    spool.delivered().get(10, SECONDS);
  }

  private Path leftover(int events) throws IOException {
    broker.mood = Broker.Mood.FAILS;
    Spools first = spools(LIMIT);
    Spool spool = first.open("a", LEFT);
    for (int i = 1; i <= events; i++) {
      spool.trace("t", bytes("" + i));
    }
    first.close();
    broker.mood = Broker.Mood.TAKES;
    try (Stream<Path> files = Files.list(folder.resolve("a"))) {
      return files.filter(SpoolTest::holdsFrames).findFirst().orElseThrow();
    }
  }

  private static boolean holdsFrames(Path file) {
    return file.toString().endsWith(".frames");
  }

  private Spools spools(long limit) throws IOException {
    Spools spools = new Spools(folder, broker, limit);
    opened.add(spools);
    return spools;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
