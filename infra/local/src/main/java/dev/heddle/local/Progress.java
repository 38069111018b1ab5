package dev.heddle.local;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Where a launcher says what it is doing: a file that others follow, and its own log. */
public final class Progress {

  /** What happened to a step. */
  public enum Kind {
    /** A step has begun. */
    BEGUN,
    /** A step is done. */
    DONE,
    /** Something to know. */
    NOTE,
    /** The launch is complete. */
    READY,
    /** The launch, or a stop, failed. */
    FAILED,
    /** Everything has been stopped. */
    STOPPED
  }

  /**
   * One line of progress.
   *
   * @param at when
   * @param kind what happened
   * @param step the name of the step; also of the part that it is about
   * @param text for people
   * @param millis how long the step took
   * @param error which kind of help is needed
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Event(
      Instant at,
      Kind kind,
      @Nullable String step,
      @Nullable String text,
      @Nullable Long millis,
      LocalException.@Nullable Kind error) {}

  private final Path file;
  private final PrintStream log;

  Progress(Path file, PrintStream log) {
    this.file = file;
    this.log = log;
  }

  void begun(String step, String text) {
    write(new Event(Instant.now(), Kind.BEGUN, step, text, null, null));
  }

  void done(String step, String text, long millis) {
    write(new Event(Instant.now(), Kind.DONE, step, text, millis, null));
  }

  void note(String step, String text) {
    write(new Event(Instant.now(), Kind.NOTE, step, text, null, null));
  }

  void ready() {
    write(new Event(Instant.now(), Kind.READY, null, null, null, null));
  }

  void failed(LocalException failure) {
    write(new Event(Instant.now(), Kind.FAILED, null, failure.text(), null, failure.kind()));
  }

  void stopped() {
    write(new Event(Instant.now(), Kind.STOPPED, null, null, null, null));
  }

  private synchronized void write(Event event) {
    log.println(
        event.at()
            + " "
            + event.kind()
            + (event.step() == null ? "" : " " + event.step())
            + (event.text() == null ? "" : ": " + event.text())
            + (event.millis() == null ? "" : " (" + event.millis() + " ms)"));
    log.flush();
    try {
      Files.writeString(
          file,
          SystemState.JSON.writeValueAsString(event) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      // Progress is for those who watch; losing it must not end what it tells about.
      log.println("cannot write " + file + ": " + e);
    }
  }

  /** The events of a launch from the given one on; an unfinished last line is left for later. */
  public static List<Event> read(Path file, int from) {
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1)
          .lines()
          .skip(from)
          .map(Progress::parse)
          .flatMap(Optional::stream)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Optional<Event> parse(String line) {
    try {
      return Optional.of(SystemState.JSON.readValue(line, Event.class));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
