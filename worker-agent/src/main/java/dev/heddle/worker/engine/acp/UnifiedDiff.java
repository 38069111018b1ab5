package dev.heddle.worker.engine.acp;

import java.util.List;

/**
 * The difference of two texts as {@code diff -u} writes it, in one hunk: from the first line that
 * differs to the last, with lines around them.
 */
final class UnifiedDiff {

  private static final int CONTEXT = 3;

  private UnifiedDiff() {}

  /**
   * @param before empty where the file is new
   * @param after empty where the file is deleted
   */
  static String of(String path, String before, String after) {
    List<String> old = before.lines().toList();
    List<String> now = after.lines().toList();
    int head = 0;
    while (head < Math.min(old.size(), now.size()) && old.get(head).equals(now.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < Math.min(old.size(), now.size()) - head
        && old.get(old.size() - 1 - tail).equals(now.get(now.size() - 1 - tail))) {
      tail++;
    }
    int from = Math.max(0, head - CONTEXT);
    int trailing = Math.min(CONTEXT, tail);
    StringBuilder diff = new StringBuilder();
    diff.append("--- ").append(before.isEmpty() ? "/dev/null" : "a/" + relative(path));
    diff.append("\n+++ ").append(after.isEmpty() ? "/dev/null" : "b/" + relative(path));
    diff.append("\n@@ -").append(range(from, old.size() - tail + trailing));
    diff.append(" +").append(range(from, now.size() - tail + trailing)).append(" @@\n");
    old.subList(from, head).forEach(line -> diff.append(' ').append(line).append('\n'));
    old.subList(head, old.size() - tail)
        .forEach(line -> diff.append('-').append(line).append('\n'));
    now.subList(head, now.size() - tail)
        .forEach(line -> diff.append('+').append(line).append('\n'));
    old.subList(old.size() - tail, old.size() - tail + trailing)
        .forEach(line -> diff.append(' ').append(line).append('\n'));
    return diff.toString();
  }

  /** First line and count, as the format wants them: before an empty range the line before it. */
  private static String range(int from, int to) {
    int count = to - from;
    return (count == 0 ? from : from + 1) + "," + count;
  }

  private static String relative(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }
}
