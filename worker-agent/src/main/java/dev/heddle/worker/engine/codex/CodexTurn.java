package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.Failure;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.ToolServer;
import dev.heddle.worker.engine.wire.Asks;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.JsonRpc;
import dev.heddle.worker.engine.wire.RpcId;
import dev.heddle.worker.engine.wire.Story;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One turn on a connection to the app server, from the greeting to its end.
 *
 * <p>What is said to it meanwhile joins the turn. Said too late for that, it becomes a turn of its
 * own on the same connection, so that nothing which was taken is lost.
 */
final class CodexTurn implements JsonRpc.Peer {

  private static final String COMPLETED = "completed";

  /** How long a turn waits for Heddle's tools, which are on this machine. */
  private static final Duration TOOLS_WITHIN = Duration.ofSeconds(30);

  private final Opening opening;
  private final EngineListener listener;
  private final Story story;
  private final JsonRpc rpc;
  private final TurnStory items;
  private final Inquiries inquiries;
  private final Agents agents;
  private final AttemptUsage usage = new AttemptUsage();
  private final CompletableFuture<@Nullable Failure> over = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> toolsSettled;
  private final Deque<String> unheard = new ArrayDeque<>();
  private @Nullable Conversation conversation;
  private @Nullable String turn;
  private @Nullable Ended ended;
  private @Nullable TurnError error;
  private int answersAwaited;

  /** What it has used without its agents. */
  private TokenUsage own = new TokenUsage(0, 0, 0, null);

  private boolean interrupted;

  /** How a turn ended. */
  private record Ended(String status, @Nullable TurnError error) {}

  CodexTurn(Opening opening, EngineListener listener, Story story, JsonRpc rpc) {
    this.opening = opening;
    this.listener = listener;
    this.story = story;
    this.rpc = rpc;
    this.toolsSettled =
        opening.offersTools()
            ? new CompletableFuture<@Nullable Void>()
                .completeOnTimeout(null, TOOLS_WITHIN.toSeconds(), TimeUnit.SECONDS)
            : CompletableFuture.completedFuture(null);
    this.items = new TurnStory(story, opening.workplace());
    this.agents = new Agents(story, opening.workplace());
    this.inquiries =
        new Inquiries(
            new Asks(listener, story),
            story,
            rpc,
            items::tool,
            agents::task,
            opening::editsUnasked,
            this::steer);
  }

  /** Completes when it is over, with what it failed of. */
  CompletableFuture<@Nullable Failure> over() {
    return over.copy();
  }

  /** The process is gone, whether it was over or not. */
  void abandoned(String reason, Failure failure) {
    inquiries.close(reason);
    over.complete(failure);
  }

  /**
   * Says something to it.
   *
   * @return why that is too late; null where it will be heard
   */
  @Nullable String input(String text) {
    synchronized (this) {
      if (over.isDone() || ended != null || interrupted) {
        return "the turn is over";
      }
    }
    steer(text);
    return null;
  }

  /**
   * Asks it to stop where it is.
   *
   * @return false where it has not begun, or is over
   */
  boolean interrupt() {
    synchronized (this) {
      if (conversation == null || turn == null || ended != null) {
        return false;
      }
      interrupted = true;
    }
    interrupt(conversation.threadId(), turn);
    return true;
  }

  private void interrupt(String threadId, String turnId) {
    ObjectNode params = Fields.object().put("threadId", threadId).put("turnId", turnId);
    // Refused only where it is over by itself.
    var _ = rpc.request("turn/interrupt", params).exceptionally(_ -> Fields.object());
  }

  @Override
  public void begun() {
    then(
        rpc.request("initialize", opening.greeting()),
        Opening::refused,
        _ -> {
          rpc.tell("initialized", Fields.object());
          then(
              rpc.request(opening.method(), opening.conversation()),
              opening::notOpened,
              this::opened);
        });
  }

  private void opened(JsonNode result) {
    Conversation opened = Conversation.of(result, opening);
    if (opened == null) {
      over.complete(EngineFailures.protocol(opening.method() + " was answered without a thread"));
      return;
    }
    synchronized (this) {
      conversation = opened;
    }
    story.started(opened.threadId());
    // Codex does not wait for them, and its model would be told of no tools.
    var _ = toolsSettled.thenRun(() -> ask(opened, opening.prompt()));
  }

  private void toolServer(Notification.ToolServerIs server) {
    if (server.failed()) {
      story.notice(
          NoticeLevel.WARNING,
          "the tools of %s are not there: %s"
              .formatted(server.name(), server.error() == null ? "?" : server.error()));
    }
    if (server.name().equals(ToolServer.NAME) && !server.starts()) {
      toolsSettled.complete(null);
    }
  }

  private void ask(Conversation with, String prompt) {
    then(
        rpc.request("turn/start", opening.turn(with, prompt)),
        Opening::refused,
        result -> begins(Fields.text(result.path("turn"), "id")));
  }

  /** Told twice, by the answer and by a notification. */
  private void begins(@Nullable String id) {
    List<String> waiting;
    Conversation with;
    synchronized (this) {
      if (id == null || id.equals(turn) || ended != null || conversation == null) {
        return;
      }
      turn = id;
      with = conversation;
      waiting = new ArrayList<>(unheard);
      unheard.clear();
    }
    listener.state(with.state(id));
    waiting.forEach(this::steer);
  }

  @Override
  public void notified(String method, JsonNode params, String raw) {
    Notification told = Notification.of(method, params);
    if (told instanceof Notification.OfThread ofThread && !isOurs(ofThread.threadId())) {
      heardOfAgent(ofThread);
      return;
    }
    switch (told) {
      case Notification.ItemStarted(_, Item item) -> items.started(item, raw);
      case Notification.ItemCompleted(_, Item item) -> completed(item, raw);
      case Notification.MessageDelta(_, String item, String delta) -> items.types(item, delta);
      case Notification.ReasoningDelta(_, String item, String delta, Integer paragraph) ->
          items.thinks(item, delta, paragraph == null ? 0 : paragraph);
      case Notification.OutputDelta(_, String item, String delta) -> items.grows(item, delta);
      case Notification.PatchUpdated(_, String item, List<Item.Change> changes) ->
          items.patched(new Item.FileChange(item, changes, null));
      case Notification.TurnStarted(_, Notification.Turn begun) -> begins(begun.id());
      case Notification.TurnCompleted(_, Notification.Turn done) -> ends(done);
      case Notification.PlanUpdated planned -> listener.plan(planned.asPlan());
      case Notification.UsageUpdated(_, String of, AttemptUsage.Told tokens) -> used(of, tokens);
      case Notification.ErrorRaised raised -> raised(raised);
      case Notification.RequestResolved(_, JsonNode id) -> inquiries.resolved(new RpcId(id));
      case Notification.ThreadNamed(_, String name) -> named(name);
      case Notification.ToolServerIs server -> toolServer(server);
      case Notification.Warned(String text) -> story.notice(NoticeLevel.WARNING, text);
      case Notification.Repeated _ -> {}
      case Notification.Unknown _ -> story.unknown(method, raw);
    }
  }

  private synchronized boolean isOurs(String threadId) {
    return conversation != null && conversation.threadId().equals(threadId);
  }

  /** Before the conversation is open it tells of what was. */
  private void heardOfAgent(Notification.OfThread told) {
    synchronized (this) {
      if (conversation == null) {
        return;
      }
    }
    if (agents.heard(told)) {
      tellUsage();
    }
  }

  private void completed(Item item, String raw) {
    agents.called(item);
    items.completed(item, raw);
    if (item instanceof Item.PlanDocument(_, String text) && text != null) {
      listener.plan(new Plan(text, List.of(), List.of()));
    }
  }

  private void raised(Notification.ErrorRaised raised) {
    if (raised.willRetry()) {
      items.breaksOff();
      story.notice(NoticeLevel.WARNING, "Codex tries again: " + raised.error().text());
    } else {
      synchronized (this) {
        error = raised.error();
      }
    }
  }

  /** On a resume it tells what an earlier turn has used. */
  private void used(String of, AttemptUsage.Told tokens) {
    boolean ours;
    synchronized (this) {
      ours = of.equals(turn);
    }
    if (!ours) {
      usage.earlier(tokens);
      return;
    }
    TokenUsage whole = usage.during(tokens);
    if (whole != null) {
      items.used(tokens.last().usage());
      own = whole;
      tellUsage();
    }
  }

  private void tellUsage() {
    TokenUsage sum = own;
    for (TokenUsage part : agents.used()) {
      sum = AttemptUsage.sum(sum, part);
    }
    listener.usage(sum);
  }

  private void named(@Nullable String name) {
    if (name != null) {
      listener.title(name);
    }
  }

  @Override
  public boolean asked(RpcId id, String method, JsonNode params, String raw) {
    boolean known = inquiries.take(id, ServerRequest.of(method, params));
    if (!known) {
      story.unknown("request " + method, raw);
    }
    return known;
  }

  @Override
  public void noise(String line) {
    story.unknown("line", line);
  }

  @Override
  public void overlong(long bytes) {
    story.notice(
        NoticeLevel.WARNING,
        "Codex said something of %d bytes, which was skipped".formatted(bytes));
  }

  @Override
  public void error(TraceBody.EngineOutput part, int bytes) {
    story.error(part, bytes);
  }

  /** Once its turn runs; what the turn did not take is kept. */
  private void steer(String text) {
    Conversation with;
    String running;
    synchronized (this) {
      if (conversation == null || turn == null || ended != null) {
        unheard.add(text);
        return;
      }
      with = conversation;
      running = turn;
      answersAwaited++;
    }
    ObjectNode params = Opening.says(with.threadId(), text).put("expectedTurnId", running);
    var _ =
        rpc.request("turn/steer", params)
            .whenComplete((_, refusal) -> {
              synchronized (this) {
                answersAwaited--;
                if (refusal != null) {
                  unheard.add(text);
                }
              }
              settle();
            });
  }

  private void ends(Notification.Turn done) {
    Conversation with;
    synchronized (this) {
      if (!done.id().equals(turn) || ended != null || conversation == null) {
        return;
      }
      ended = new Ended(done.status(), done.error() == null ? error : done.error());
      with = conversation;
    }
    inquiries.close("the turn is over");
    if (done.status().equals(COMPLETED)) {
      items.ends();
    } else {
      items.stops();
    }
    listener.state(with.state(null));
    settle();
  }

  /** Over, or on to what was said too late for the turn. */
  private void settle() {
    Conversation with;
    Ended how;
    String next;
    synchronized (this) {
      if (ended == null || conversation == null || answersAwaited > 0 || over.isDone()) {
        return;
      }
      how = ended;
      with = conversation;
      next = String.join("\n\n", unheard);
      unheard.clear();
      if (!next.isEmpty() && how.status().equals(COMPLETED) && !interrupted) {
        ended = null;
        turn = null;
        error = null;
      }
    }
    if (next.isEmpty()) {
      over.complete(failure(how));
    } else if (how.status().equals(COMPLETED) && !interrupted) {
      ask(with, next);
    } else {
      story.notice(NoticeLevel.WARNING, "the turn ended before this was heard: " + next);
      over.complete(failure(how));
    }
  }

  private static @Nullable Failure failure(Ended how) {
    return switch (how.status()) {
      case COMPLETED -> null;
      case "interrupted" -> EngineFailures.interrupted();
      default ->
          how.error() == null
              ? EngineFailures.protocol("the turn ended as %s".formatted(how.status()))
              : CodexFailures.of(how.error());
    };
  }

  private void then(
      CompletableFuture<JsonNode> answer,
      Function<Throwable, Failure> refused,
      Consumer<JsonNode> next) {
    var _ =
        answer.whenComplete((result, refusal) -> {
          if (refusal == null) {
            next.accept(result);
          } else {
            over.complete(refused.apply(cause(refusal)));
          }
        });
  }

  private static Throwable cause(Throwable refusal) {
    return refusal instanceof CompletionException && refusal.getCause() != null
        ? refusal.getCause()
        : refusal;
  }
}
