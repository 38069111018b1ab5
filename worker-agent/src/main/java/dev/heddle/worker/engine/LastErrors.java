package dev.heddle.worker.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines of standard error, which say best why a process failed. */
public final class LastErrors {

  private static final int LINES = 5;
  private static final int CHARS = 400;

  private final Deque<String> lines = new ArrayDeque<>();

  /** Takes a line, or a part of one; blank ones say nothing. */
  public synchronized void add(String line) {
    if (!line.isBlank()) {
      lines.addLast(line.length() > CHARS ? line.substring(0, CHARS) : line);
      if (lines.size() > LINES) {
        lines.removeFirst();
      }
    }
  }

  /** At most five lines of at most 400 characters, the oldest first. */
  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }
}
