package dev.heddle.worker.engine;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.Failure;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.PullRequestState;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.TokenUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One run of the {@link ScriptedEngine}. */
final class ScriptedRun implements EngineRun {

  private static final List<ApprovalOption> OPTIONS =
      List.of(
          new ApprovalOption("yes", "Yes", ApprovalOption.Kind.ALLOW_ONCE),
          new ApprovalOption("always", "Yes, always", ApprovalOption.Kind.ALLOW_ALWAYS),
          new ApprovalOption("no", "No", ApprovalOption.Kind.REJECT_ONCE));

  private final EngineTask task;
  private final EngineListener listener;
  private final ScriptedMessage message;
  private final BlockingQueue<String> inputs = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();
  private final CompletableFuture<Result> done = new CompletableFuture<>();
  private volatile boolean listens;

  ScriptedRun(EngineTask task, EngineListener listener) {
    this.task = task;
    this.listener = listener;
    this.message = new ScriptedMessage(task.answer(), listener);
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

  void run() {
    Failure failure = null;
    try {
      listener.started(engineSession());
      if (continuation().purpose() == RunPurpose.COMPACTION) {
        compact();
      } else {
        failure = playAll();
      }
    } catch (InterruptedException | RuntimeException e) {
      failure = new Failure("script_broken", String.valueOf(e), false);
    }
    if (ended.isDone()) {
      failure = new Failure("exit_nonzero", "ended by a signal", false);
    }
    message.end(failure == null);
    done.complete(new Result(failure == null ? 0 : ended.getNow(1), Duration.ZERO, failure));
  }

  private @Nullable Failure playAll() throws InterruptedException {
    for (String line : task.prompt().lines().toList()) {
      if (ended.isDone() || line.equals("exit")) {
        break;
      }
      Failure failure = play(line);
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  private @Nullable Failure play(String line) throws InterruptedException {
    int blank = line.indexOf(' ');
    String verb = blank < 0 ? line : line.substring(0, blank);
    String rest = blank < 0 ? "" : line.substring(blank + 1);
    switch (verb) {
      case "say" -> message.say(rest);
      case "think" -> message.think(rest);
      case "tool" -> message.finish(message.begin(word(rest, 0), rest(rest, 1)));
      case "open" -> message.begin(word(rest, 0), rest(rest, 1));
      case "ask" -> rule(approval(rest, null));
      case "ask-for" ->
          rule(approval(rest(rest, 1), Instant.now().plusMillis(Long.parseLong(word(rest, 0)))));
      case "question" -> rule(question(rest));
      case "leave" -> listener.ask(question(rest));
      case "wait-input" -> hear(false);
      case "listen" -> hear(true);
      case "hold" -> ended.join();
      case "recall" -> recall();
      case "settings" ->
          message.say(
              "model %s, mode %s, effort %s"
                  .formatted(task.spec().model(), task.spec().mode(), task.spec().effort()));
      case "permission" -> message.say("may " + task.spec().permission());
      case "state" -> listener.state(state(word(rest, 0), word(rest, 1)));
      case "summary" ->
          listener.compacted(rest(rest, 1), new MessageId(UUID.fromString(word(rest, 0))));
      case "plan" -> listener.plan(plan(rest));
      case "usage" ->
          listener.usage(
              new TokenUsage(
                  Long.parseLong(word(rest, 0)),
                  Long.parseLong(word(rest, 1)),
                  Long.parseLong(word(rest, 2)),
                  Double.valueOf(word(rest, 3))));
      case "checkpoint" ->
          listener.checkpoint(
              "refs/heddle/checkpoints/" + task.marker(),
              CheckpointMoment.valueOf(word(rest, 0).toUpperCase(Locale.ROOT)),
              Integer.parseInt(word(rest, 1)));
      case "pull-request" ->
          listener.pullRequest(
              new PullRequest(
                  Integer.parseInt(word(rest, 0)), word(rest, 1), PullRequestState.OPEN, false));
      case "call" -> call(word(rest, 0), rest(rest, 1));
      case "fail" -> {
        return new Failure(rest, "the script fails", false);
      }
      default -> throw new IllegalArgumentException("no verb of a script: " + verb);
    }
    return null;
  }

  private static String word(String text, int place) {
    return text.split(" ", -1)[place];
  }

  private static String rest(String text, int from) {
    return Arrays.stream(text.split(" ", -1)).skip(from).collect(Collectors.joining(" "));
  }

  private Continuation continuation() {
    Continuation from = task.continuation();
    return from == null ? new Continuation(RunPurpose.TURN, null, null, null) : from;
  }

  /** That of the state which it was given, or one of its own. */
  private String engineSession() {
    EngineState state = continuation().engineState();
    return state == null ? "scripted-" + task.marker() : session(state);
  }

  private static String session(EngineState state) {
    return String.valueOf(
        switch (state) {
          case EngineState.Claude claude -> claude.sessionId();
          case EngineState.Codex codex -> codex.threadId();
          case EngineState.Copilot copilot -> copilot.sessionId();
          case EngineState.Acp acp -> acp.sessionId();
          case EngineState.Command _ -> null;
        });
  }

  private EngineState state(String kind, String id) {
    String directory = task.directory().toString();
    return switch (kind) {
      case "claude" -> new EngineState.Claude(id, null, task.spec().model(), null, directory, "1");
      case "codex" ->
          new EngineState.Codex(
              id, null, null, null, null, task.spec().model(), null, directory, "1");
      case "copilot" -> new EngineState.Copilot(id, null, task.spec().model(), directory, "1");
      case "acp" ->
          new EngineState.Acp("scripted", "1", id, null, Map.of(), task.spec().model(), directory);
      default -> throw new IllegalArgumentException("no kind of a state: " + kind);
    };
  }

  private void recall() {
    EngineState state = continuation().engineState();
    message.say(state == null ? "begins" : "goes on from " + session(state));
    Continuation.Context context = continuation().context();
    if (context != null) {
      message.say("summary " + context.summary());
      context
          .messages()
          .forEach(said ->
              message.say(said.role().wire() + " said " + said.text().replace("\n", " / ")));
    }
  }

  private void compact() {
    Continuation.Context context = continuation().context();
    listener.compacted(
        context == null
            ? "nothing was said"
            : "%d messages, the last: %s"
                .formatted(context.messages().size(), context.messages().getLast().text()),
        continuation().after());
  }

  private static Plan plan(String text) {
    return new Plan(
        null,
        Arrays.stream(text.split("; ", -1))
            .map(task ->
                new Plan.Task(
                    rest(task, 1), PlanTaskStatus.valueOf(word(task, 0).toUpperCase(Locale.ROOT))))
            .toList(),
        List.of());
  }

  private void call(String tool, String arguments) {
    ToolServer server = Objects.requireNonNull(task.tools());
    CompletableFuture<ToolClient.Answer> told = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (ToolClient client = new ToolClient(server)) {
            told.complete(client.call(tool, arguments));
          } catch (RuntimeException e) {
            told.completeExceptionally(e);
          }
        });
    // As a process that is ended, it hears no more.
    CompletableFuture.anyOf(told, ended).join();
    if (!ended.isDone()) {
      ToolClient.Answer answer = told.join();
      message.say((answer.refused() ? "refused " : "") + answer.text());
    }
  }

  private void hear(boolean said) throws InterruptedException {
    listens = true;
    if (said) {
      message.say("listens");
    }
    String heard = inputs.take();
    listens = false;
    message.say("heard " + heard);
  }

  private static Ask approval(String title, @Nullable Instant expiresAt) {
    return new Ask(ApprovalKind.APPROVAL, "Bash", title, title, OPTIONS, false, expiresAt);
  }

  private static Ask question(String title) {
    return new Ask(ApprovalKind.QUESTION, null, title, null, List.of(), true, null);
  }

  private void rule(Ask ask) {
    Asked asked = listener.ask(ask);
    switch (asked.ruling().join()) {
      case Ruling.Decided(var decision) -> {
        message.asked(asked.id().toString(), ask.title(), decision.verdict().wire());
        message.say(
            "%s %s: %s"
                .formatted(
                    ask.title(),
                    decision.verdict().wire(),
                    decision.answer() == null ? decision.message() : decision.answer()));
      }
      case Ruling.Withdrawn(var reason) -> message.say(ask.title() + " withdrawn: " + reason);
    }
  }
}
