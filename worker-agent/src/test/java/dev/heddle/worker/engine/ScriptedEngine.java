package dev.heddle.worker.engine;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.TraceBody;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * An engine without a process, which does what its prompt says, line by line, through the same
 * interface as real ones: {@code say TEXT}; {@code ask TITLE} and {@code question TITLE}, which
 * wait for a ruling and say it; {@code leave TITLE}, a question that it does not wait for; {@code
 * wait-input}, which says what it is told; {@code fail CODE}; {@code exit}, as the end of the
 * script does. What it says is one message, told at its end.
 */
public final class ScriptedEngine implements Engine {

  public static final String NAME = "scripted";

  private static final List<ApprovalOption> OPTIONS =
      List.of(
          new ApprovalOption("yes", "Yes", ApprovalOption.Kind.ALLOW_ONCE),
          new ApprovalOption("always", "Yes, always", ApprovalOption.Kind.ALLOW_ALWAYS),
          new ApprovalOption("no", "No", ApprovalOption.Kind.REJECT_ONCE));

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public @Nullable String version() {
    return "1";
  }

  @Override
  public boolean takesInput() {
    return true;
  }

  @Override
  public EngineRun start(EngineTask task, EngineListener listener) {
    Scripted run = new Scripted(task, listener);
    Thread.ofVirtual().name("scripted-" + task.marker()).start(run::run);
    return run;
  }

  private static final class Scripted implements EngineRun {

    private final EngineTask task;
    private final EngineListener listener;
    private final BlockingQueue<String> inputs = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final CompletableFuture<Result> done = new CompletableFuture<>();
    private final StringBuilder said = new StringBuilder();
    private volatile boolean listens;

    Scripted(EngineTask task, EngineListener listener) {
      this.task = task;
      this.listener = listener;
    }

    @Override
    public void tick(long deadline) {}

    @Override
    public void terminate() {
      end(143);
    }

    @Override
    public void kill() {
      end(137);
    }

    /** As a process that is ended: whatever the script waits for, it waits no more. */
    private void end(int code) {
      if (ended.complete(code)) {
        inputs.add("");
      }
    }

    @Override
    public @Nullable String input(String text) {
      if (!listens) {
        return "it listens only while it waits for input";
      }
      inputs.add(text);
      return null;
    }

    @Override
    public CompletableFuture<Result> done() {
      return done.copy();
    }

    private void run() {
      Failure failure = null;
      try {
        listener.started("scripted-" + task.marker());
        for (String line : task.prompt().lines().toList()) {
          if (ended.isDone() || line.equals("exit")) {
            break;
          }
          failure = play(line);
          if (failure != null) {
            break;
          }
        }
      } catch (InterruptedException | RuntimeException e) {
        failure = new Failure("script_broken", String.valueOf(e), false);
      }
      if (ended.isDone()) {
        failure = new Failure("exit_nonzero", "ended by a signal", false);
      }
      if (!said.isEmpty()) {
        listener.message(
            task.answer(),
            said.toString().strip(),
            failure == null ? MessageStatus.COMPLETED : MessageStatus.FAILED,
            false);
      }
      done.complete(new Result(failure == null ? 0 : ended.getNow(1), Duration.ZERO, failure));
    }

    private @Nullable Failure play(String line) throws InterruptedException {
      int blank = line.indexOf(' ');
      String verb = blank < 0 ? line : line.substring(0, blank);
      String rest = blank < 0 ? "" : line.substring(blank + 1);
      switch (verb) {
        case "say" -> say(rest);
        case "ask" ->
            rule(new Ask(ApprovalKind.APPROVAL, "Bash", rest, rest, OPTIONS, false, null));
        case "question" -> rule(question(rest));
        case "leave" -> listener.ask(question(rest));
        case "wait-input" -> {
          listens = true;
          String heard = inputs.take();
          listens = false;
          say("heard " + heard);
        }
        case "fail" -> {
          return new Failure(rest, "the script fails", false);
        }
        default -> throw new IllegalArgumentException("no verb of a script: " + verb);
      }
      return null;
    }

    private static Ask question(String title) {
      return new Ask(ApprovalKind.QUESTION, null, title, null, List.of(), true, null);
    }

    private void rule(Ask ask) {
      switch (listener.ask(ask).ruling().join()) {
        case Ruling.Decided(var decision) ->
            say(
                "%s %s: %s"
                    .formatted(
                        ask.title(),
                        decision.verdict().wire(),
                        decision.answer() == null ? decision.message() : decision.answer()));
        case Ruling.Withdrawn(var reason) -> say(ask.title() + " withdrawn: " + reason);
      }
    }

    private void say(String text) {
      said.append(text).append('\n');
      listener.event(
          new TraceBody.EngineOutput(ProcessStream.STDOUT, task.answer(), text, 0, false, false));
    }
  }
}
