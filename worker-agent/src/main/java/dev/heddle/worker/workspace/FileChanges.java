package dev.heddle.worker.workspace;

import dev.heddle.contracts.SessionFact.FileChange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How files differ, as {@code git diff-tree -z --raw --numstat} tells it: first an entry with the
 * status and one with the path of each, then one of each with lines and path.
 */
final class FileChanges {

  /** A person reads no more. */
  private static final int MAX = 300;

  /** As JSON, beside the patch in one record. */
  private static final int MAX_BYTES = 60 * 1024;

  private FileChanges() {}

  /** The first of them, as many as travel in one record. */
  static List<FileChange> read(Path list) throws IOException {
    String[] entries = Files.readString(list, StandardCharsets.ISO_8859_1).split("\0", -1);
    Map<String, String> statuses = new LinkedHashMap<>();
    List<FileChange> changes = new ArrayList<>();
    int left = MAX_BYTES;
    for (int i = 0; i + 1 < entries.length; i++) {
      if (entries[i].startsWith(":")) {
        statuses.put(entries[i + 1], entries[i].substring(entries[i].lastIndexOf(' ') + 1));
        i++;
        continue;
      }
      String[] columns = entries[i].split("\t", 3);
      FileChange change =
          new FileChange(
              textOf(columns[2]),
              statuses.getOrDefault(columns[2], "M"),
              lines(columns[0]),
              lines(columns[1]));
      left -= JsonSize.sizeOf(change.path()) + 80;
      if (left < 0 || changes.size() == MAX) {
        break;
      }
      changes.add(change);
    }
    return changes;
  }

  /** What is no UTF-8 is shown as far as it can be. */
  private static String textOf(String name) {
    return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static @Nullable Integer lines(String column) {
    return column.equals("-") ? null : Integer.valueOf(column);
  }
}
