package dev.heddle.cli;

import dev.heddle.cli.Terminal.Style;
import dev.heddle.local.Progress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The steps of a launch: one line each, and on a terminal a spinner before those under way. */
final class LaunchView {

  private static final String[] FRAMES = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
  private static final Duration TICK = Duration.ofMillis(80);

  private final Terminal terminal;
  private final boolean quiet;
  private final Map<String, String> underWay = new LinkedHashMap<>();
  private int drawn;
  private int frame;

  LaunchView(Terminal terminal, boolean quiet) {
    this.terminal = terminal;
    this.quiet = quiet;
  }

  void show(Progress.Event event) {
    if (quiet) {
      return;
    }
    erase();
    String step = event.step() == null ? "" : event.step();
    String text = event.text() == null ? "" : event.text();
    switch (event.kind()) {
      case BEGUN -> underWay.put(step, text);
      case DONE -> {
        String name = underWay.getOrDefault(step, step);
        underWay.remove(step);
        long millis = event.millis() == null ? 0 : event.millis();
        terminal.line(
            terminal.style(Style.GREEN, "✓ ")
                + name
                + terminal.style(Style.DIM, "  " + text + "  " + Durations.human(millis)));
      }
      case NOTE -> terminal.line(terminal.style(Style.YELLOW, "! ") + step + " " + text);
      case READY, FAILED, STOPPED -> underWay.clear();
    }
    draw();
  }

  /** Lets a moment pass and moves the spinner. */
  void tick() {
    try {
      Thread.sleep(TICK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(ExitCode.ENVIRONMENT, "interrupted");
    }
    if (!quiet) {
      frame++;
      erase();
      draw();
    }
  }

  void close() {
    erase();
  }

  private void draw() {
    if (!terminal.interactive()) {
      return;
    }
    for (String text : underWay.values()) {
      terminal.line(terminal.style(Style.CYAN, FRAMES[frame % FRAMES.length]) + " " + text);
    }
    drawn = underWay.size();
  }

  private void erase() {
    if (drawn > 0) {
      terminal.out().print("\033[" + drawn + "A\033[J");
      terminal.out().flush();
      drawn = 0;
    }
  }
}
