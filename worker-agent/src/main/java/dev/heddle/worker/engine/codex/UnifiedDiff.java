package dev.heddle.worker.engine.codex;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The changes of files as git would show them. Codex tells only the hunks, or the whole text. */
final class UnifiedDiff {

  private static final String NOTHING = "/dev/null";

  private UnifiedDiff() {}

  /**
   * Null where nothing is changed.
   *
   * @param workplace from which files are named
   */
  static @Nullable String of(List<Item.Change> changes, Workplace workplace) {
    return changes.isEmpty()
        ? null
        : changes.stream().map(change -> of(change, workplace)).collect(Collectors.joining());
  }

  private static String of(Item.Change change, Workplace workplace) {
    String text = change.diff() == null ? "" : change.diff();
    String path = workplace.name(change.path());
    return switch (change.kind().type()) {
      case "add" -> header(NOTHING, path) + whole(text, "-0,0 +1,%d", '+');
      case "delete" -> header(path, NOTHING) + whole(text, "-1,%d +0,0", '-');
      default -> {
        String moved = change.kind().movePath();
        yield header(path, moved == null ? path : workplace.name(moved)) + ended(text);
      }
    };
  }

  private static String header(String before, String after) {
    return "--- %s\n+++ %s\n".formatted(before, after);
  }

  private static String whole(String text, String ranges, char sign) {
    if (text.isEmpty()) {
      return "";
    }
    return "@@ %s @@\n".formatted(ranges.formatted(text.lines().count()))
        + text.lines().map(line -> sign + line + "\n").collect(Collectors.joining());
  }

  private static String ended(String text) {
    return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
  }
}
