package dev.heddle.worker.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * The files of one spool, which together are one row of frames addressed by position. Not safe for
 * several threads, except that one may read below what another has written.
 *
 * <p>Nothing is forced to the disk: a killed worker loses nothing, since the kernel has what was
 * written; after a power cut the attempt is lost anyway, and its engine with it.
 */
final class Segments {

  private static final Logger log = LoggerFactory.getLogger(Segments.class);

  private static final String SUFFIX = ".frames";

  private final Path folder;
  private final long segmentBytes;

  /** First position to file. */
  private final NavigableMap<Long, Path> files = new TreeMap<>();

  private @Nullable RandomAccessFile writing;
  private @Nullable RandomAccessFile reading;
  private @Nullable Path readingFrom;
  private long written;

  private Segments(Path folder, long segmentBytes) {
    this.folder = folder;
    this.segmentBytes = segmentBytes;
  }

  static Segments create(Path folder, long segmentBytes) throws IOException {
    Files.createDirectories(folder);
    return new Segments(folder, segmentBytes);
  }

  /** Opens what an earlier worker left. A torn or harmed frame ends the row. */
  static Segments recover(Path folder) throws IOException {
    Segments segments = new Segments(folder, Long.MAX_VALUE);
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      entries.forEach(found::add);
    }
    found.sort(null);
    for (Path file : found) {
      long length = unharmed(file);
      segments.files.put(segments.written, file);
      segments.written += length;
      if (length < Files.size(file)) {
        log.atWarn()
            .addKeyValue("file", file)
            .addKeyValue("kept", length)
            .addKeyValue("bytes", Files.size(file))
            .log("the end of a spool file is torn; what is whole is sent");
        break;
      }
    }
    return segments;
  }

  private static long unharmed(Path file) throws IOException {
    long position = 0;
    try (RandomAccessFile source = new RandomAccessFile(file.toFile(), "r")) {
      Frame frame = Frame.read(source, position);
      while (frame != null) {
        position += frame.size();
        frame = Frame.read(source, position);
      }
    }
    return position;
  }

  /** The position behind the last frame. */
  long written() {
    return written;
  }

  /**
   * Adds a frame behind the last one. After an error, which a full disk is, nothing has been added
   * and it may be tried again: it is written to the same place, over what there is of it.
   */
  void append(Frame frame) throws IOException {
    RandomAccessFile out = writing;
    if (out == null || written - files.lastKey() >= segmentBytes) {
      if (out != null) {
        out.close();
      }
      Path file = folder.resolve("%020d%s".formatted(written, SUFFIX));
      out = new RandomAccessFile(file.toFile(), "rw");
      writing = out;
      files.put(written, file);
    }
    byte[] bytes = frame.encoded();
    out.seek(written - files.lastKey());
    out.write(bytes);
    written += bytes.length;
  }

  /** The file that holds a position, and where in it. */
  record Place(Path file, long offset) {}

  Place place(long position) {
    var file = files.floorEntry(position);
    return new Place(file.getValue(), position - file.getKey());
  }

  Frame read(Place place) throws IOException {
    RandomAccessFile source = reading;
    if (source == null || !place.file().equals(readingFrom)) {
      if (source != null) {
        source.close();
      }
      source = new RandomAccessFile(place.file().toFile(), "r");
      reading = source;
      readingFrom = place.file();
    }
    Frame frame = Frame.read(source, place.offset());
    if (frame == null) {
      throw new IOException("spool file is harmed: " + place);
    }
    return frame;
  }

  /** Deletes the files that end at or before a position; the last one stays. */
  void release(long position) throws IOException {
    while (files.size() > 1) {
      Long second = files.higherKey(files.firstKey());
      if (second == null || second > position) {
        return;
      }
      var first = files.pollFirstEntry();
      if (first != null) {
        Files.deleteIfExists(first.getValue());
      }
    }
  }

  void close() throws IOException {
    if (writing != null) {
      writing.close();
    }
    if (reading != null) {
      reading.close();
    }
  }

  void delete() throws IOException {
    close();
    FileSystemUtils.deleteRecursively(folder);
  }
}
