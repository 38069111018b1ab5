package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What engines write down about themselves in a file outside of their workspaces: when, by the
 * clock that nobody can set, which attempt of which session was seen to execute. One that is killed
 * leaves no end, only its last tick.
 */
final class EngineMarks {

  /** What an attempt did between its first and its last mark, in milliseconds since boot. */
  record Span(int attempt, long first, long last, boolean ended) {}

  private final Path file;

  EngineMarks(Path file) {
    this.file = file;
  }

  /** A run that prints a line each 40 ms, and marks itself each 20 ms. */
  String printing(int lines) {
    return script(
        """
        for ((line = 1; line <= %d; line++)); do
          echo "line $line of attempt $HEDDLE_ATTEMPT"
          nap 0.02; mark tick
          nap 0.02; mark tick
        done
        """
            .formatted(lines));
  }

  /** What the given attempt of a run prints that was made by {@link #printing}. */
  static List<String> lines(int lines, int attempt) {
    return IntStream.rangeClosed(1, lines)
        .mapToObj(line -> "line " + line + " of attempt " + attempt)
        .toList();
  }

  /**
   * A run that prints one line and goes on until a file appears, at most for a minute and a half.
   */
  String until(Path go) {
    return script(
        """
        echo "line 1 of attempt $HEDDLE_ATTEMPT"
        for ((tick = 0; tick < 4500; tick++)); do
          [ -e '%s' ] && break
          nap 0.02; mark tick
        done
        """
            .formatted(go));
  }

  /** With {@code mark WHAT} and {@code nap SECONDS}, neither of which starts a process. */
  private String script(String body) {
    return """
    mark() {
      local up
      read -r up _ </proc/uptime
      printf '%%s %%s %%s %%s\\n' "${up/./}0" "$HEDDLE_SESSION_ID" "$HEDDLE_ATTEMPT" "$1" >>'%s'
    }
    exec {silence}<> <(:)
    nap() { read -rt "$1" -u "$silence" || true; }
    mark start
    %smark end
    """
        .formatted(file, body);
  }

  /** The attempts of each session that were seen to execute, in the order of their beginning. */
  Map<String, List<Span>> spans() {
    Map<String, Map<Integer, Span>> found = new TreeMap<>();
    for (String line : lines()) {
      String[] words = line.split(" ", -1);
      assertThat(words).as(line).hasSize(4);
      long at = Long.parseLong(words[0]);
      int attempt = Integer.parseInt(words[2]);
      found
          .computeIfAbsent(words[1], session -> new TreeMap<>())
          .merge(
              attempt,
              new Span(attempt, at, at, words[3].equals("end")),
              (before, now) ->
                  new Span(
                      attempt,
                      Math.min(before.first, now.first),
                      Math.max(before.last, now.last),
                      before.ended || now.ended));
    }
    Map<String, List<Span>> sorted = new TreeMap<>();
    found.forEach((session, spans) ->
        sorted.put(
            session,
            spans.values().stream().sorted(Comparator.comparingLong(Span::first)).toList()));
    return sorted;
  }

  /** How many sessions have come to an end of theirs. */
  long ended() {
    return spans().values().stream().filter(spans -> spans.stream().anyMatch(Span::ended)).count();
  }

  /** The attempts of one session that were seen to execute. */
  List<Span> of(String session) {
    return spans().getOrDefault(session, List.of());
  }

  /** No attempt executes before the one before it has stopped to. */
  void assertNoOverlap() {
    List<String> overlaps = new ArrayList<>();
    spans()
        .forEach((session, spans) -> {
          for (int index = 1; index < spans.size(); index++) {
            Span earlier = spans.get(index - 1);
            Span later = spans.get(index);
            if (later.first <= earlier.last || later.attempt <= earlier.attempt) {
              overlaps.add(session + ": " + earlier + " " + later);
            }
          }
        });
    assertThat(overlaps).as("attempts that overlap").isEmpty();
  }

  private List<String> lines() {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
