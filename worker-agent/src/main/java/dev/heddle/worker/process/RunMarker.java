package dev.heddle.worker.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What every process of a run carries in its environment, {@code HEDDLE_RUN=<session>.<attempt>.
 * <nonce>}, so that it is found wherever it has moved to: another group, another session, another
 * parent. Unique for each start of an engine.
 */
public record RunMarker(String value) {

  public static final String VARIABLE = "HEDDLE_RUN";

  private static final Pattern FORM = Pattern.compile("[0-9A-Za-z_-]+\\.[0-9]+\\.[0-9A-Za-z]+");
  private static final Path PROC = Path.of("/proc");

  public RunMarker {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a run marker: " + value);
    }
  }

  /** The process ids that carry the marker now. */
  List<Long> processes() throws IOException {
    byte[] wanted = (VARIABLE + "=" + value).getBytes(StandardCharsets.UTF_8);
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        if (contains(environment(entry), wanted)) {
          found.add(Long.parseLong(entry.getFileName().toString()));
        }
      }
    }
    return found;
  }

  private static byte[] environment(Path process) {
    try {
      return Files.readAllBytes(process.resolve("environ"));
    } catch (IOException e) {
      // It has ended since, or belongs to another user and so cannot be of the run.
      return new byte[0];
    }
  }

  /** Whether one of the texts between NUL bytes is the wanted one. */
  private static boolean contains(byte[] environment, byte[] wanted) {
    int start = 0;
    for (int end = 0; end <= environment.length; end++) {
      if (end == environment.length || environment[end] == 0) {
        if (Arrays.equals(environment, start, end, wanted, 0, wanted.length)) {
          return true;
        }
        start = end + 1;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return value;
  }
}
