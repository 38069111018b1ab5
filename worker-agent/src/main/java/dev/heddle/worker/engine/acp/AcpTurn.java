package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.Failure;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.EngineFailedException;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.Handover;
import dev.heddle.worker.engine.wire.JsonRpc;
import dev.heddle.worker.engine.wire.RpcException;
import dev.heddle.worker.engine.wire.RpcId;
import dev.heddle.worker.engine.wire.Story;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One turn with an agent: opens its session, sends the prompt, and hears what comes until it is
 * answered. All that the agent says comes on one thread, in its order.
 *
 * <p>More prompts may follow in the same turn: what a person says meanwhile, where the agent takes
 * that, and why a person has said no, for which the protocol has no other place. The turn is over
 * when all are answered; how the last one went is how it went.
 */
final class AcpTurn implements JsonRpc.Peer {

  /**
   * How it went.
   *
   * @param failure null where the work was done
   */
  record Outcome(@Nullable Failure failure) {}

  private final JsonRpc rpc;
  private final String engine;
  private final AcpAgent agent;
  private final EngineTask task;
  private final EngineListener listener;
  private final Story story;
  private final AcpTools tools;
  private final AcpRequests requests;
  private final AcpSession session;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final List<String> waiting = new ArrayList<>();
  private int unanswered;
  private boolean cancelled;
  private boolean denied;
  private @Nullable String errorSaid;
  private volatile @Nullable Outcome outcome;

  AcpTurn(
      JsonRpc rpc,
      String engine,
      AcpAgent agent,
      EngineTask task,
      EngineListener listener,
      Story story) {
    this.rpc = rpc;
    this.engine = engine;
    this.agent = agent;
    this.task = task;
    this.listener = listener;
    this.story = story;
    this.tools = new AcpTools(story);
    this.requests = new AcpRequests(rpc, task, listener, story, tools, this::denied);
    this.session = new AcpSession(rpc, engine, agent, task, listener, story);
  }

  /** Completes when the agent has nothing to do any more. Not where its process ends before. */
  CompletableFuture<Void> over() {
    return over.copy();
  }

  /** Null while it is not over. */
  @Nullable Outcome outcome() {
    return outcome;
  }

  @Override
  public void begun() {
    var _ =
        session
            .open()
            .whenComplete((_, failure) -> {
              if (failure != null) {
                end(failureOf(failure));
              } else {
                prompt(session.isResumed() ? task.prompt() : Handover.prompt(task));
              }
            });
  }

  private void prompt(String text) {
    if (begins()) {
      send(text);
    } else {
      end(EngineFailures.interrupted());
    }
  }

  private synchronized boolean begins() {
    if (cancelled) {
      return false;
    }
    unanswered++;
    errorSaid = null;
    return true;
  }

  private void send(String text) {
    ObjectNode params = session.params();
    params.putArray("prompt").addObject().put("type", "text").put("text", text);
    var _ = rpc.request("session/prompt", params).whenComplete(this::answered);
  }

  private void answered(@Nullable JsonNode result, @Nullable Throwable failure) {
    if (failure != null && !(failure instanceof RpcException)) {
      // The process is gone, whose end says more.
      return;
    }
    if (result != null) {
      session.used(result.path("usage"));
    }
    Failure why =
        failure instanceof RpcException refusal ? AcpFailures.of(refusal) : failureOf(result);
    String next = null;
    synchronized (this) {
      unanswered--;
      if (unanswered > 0) {
        return;
      }
      if (why == null && !waiting.isEmpty()) {
        next = String.join("\n\n", waiting);
        waiting.clear();
        denied = false;
      }
    }
    requests.withdrawAll("the agent does not wait for it any more");
    tools.endDenied();
    if (next == null) {
      end(why);
    } else {
      prompt(next);
    }
  }

  /** By the reason for which it stopped, and what it said before. */
  private @Nullable Failure failureOf(@Nullable JsonNode result) {
    String reason = result == null ? "" : Fields.text(result, "stopReason", "");
    String error;
    boolean stoppedAtNo;
    synchronized (this) {
      if (cancelled) {
        return EngineFailures.interrupted();
      }
      error = errorSaid;
      stoppedAtNo = denied;
    }
    return switch (reason) {
      case "end_turn" -> error == null ? null : AcpFailures.ofWords(error);
      // Some agents stop at a no.
      case "cancelled" -> stoppedAtNo ? null : EngineFailures.interrupted();
      case "refusal" ->
          new Failure(
              EngineFailures.REFUSED, "the model refuses to do that; say it otherwise", false);
      case "max_tokens", "max_turn_requests" -> {
        story.notice(
            NoticeLevel.WARNING, "the agent stopped before its end, at its limit: " + reason);
        yield null;
      }
      default -> EngineFailures.protocol("it stopped for the reason '%s'".formatted(reason));
    };
  }

  private void end(@Nullable Failure why) {
    outcome = new Outcome(why);
    session.tellState();
    over.complete(null);
  }

  private static Failure failureOf(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return switch (cause) {
      case EngineFailedException failed -> failed.failure();
      case RpcException refusal -> AcpFailures.of(refusal);
      default -> EngineFailures.protocol(String.valueOf(cause.getMessage()));
    };
  }

  /**
   * A person, or the worker, wants it to end.
   *
   * @return false where it has not begun, or is over, and nobody would hear it
   */
  boolean cancel() {
    boolean runs;
    synchronized (this) {
      cancelled = true;
      waiting.clear();
      runs = unanswered > 0 && outcome == null;
    }
    if (runs) {
      // Before its requests are answered, or it would take the answers for a no, and go on.
      rpc.tell("session/cancel", session.params());
    }
    requests.cancelAll("the turn was interrupted");
    return runs;
  }

  /** See {@link dev.heddle.worker.engine.EngineRun#input}. */
  @Nullable String input(String text) {
    if (!agent.steers()) {
      return engine + " takes nothing while it works; a message would end what it does";
    }
    synchronized (this) {
      if (unanswered == 0 || !begins()) {
        return "the agent does not work at anything now";
      }
    }
    send(text);
    return null;
  }

  /** Some tool must not be used; the agent hears at once or at the end of its prompt why. */
  private void denied(String title, @Nullable String message) {
    synchronized (this) {
      denied = true;
      if (message == null || message.isBlank() || cancelled) {
        return;
      }
      if (!agent.steers()) {
        waiting.add("This was denied: %s\nThe reason: %s".formatted(title, message.strip()));
        return;
      }
    }
    input(message);
  }

  /**
   * Nobody is there any more.
   *
   * @param failure why the work was not done; null where it was
   */
  void processEnded(@Nullable Failure failure) {
    requests.withdrawAll("the agent has ended");
    tools.endDenied();
    if (failure != null) {
      tools.cutShort(failure.message());
    }
  }

  @Override
  public void notified(String method, JsonNode params, String raw) {
    switch (method) {
      case "session/update" -> {
        if (session.isAbout(params)) {
          heard(AcpUpdate.of(params.path("update")), raw);
        }
      }
      case "$/cancel_request" -> requests.withdraw(params.path("requestId"));
      default -> story.unknown(method, raw);
    }
  }

  private void heard(AcpUpdate update, String raw) {
    if (session.isReplaying()) {
      session.replayed(update);
      if (update instanceof AcpUpdate.Tool tool) {
        tools.past(tool.id());
      }
      return;
    }
    switch (update) {
      case AcpUpdate.Said(var text) -> said(text);
      case AcpUpdate.Thought(var text) -> {
        sayError();
        tools.next();
        story.reasoning(text);
      }
      case AcpUpdate.Tool tool -> {
        sayError();
        tools.told(tool);
      }
      case AcpUpdate.Planned(var plan) -> listener.plan(plan);
      case AcpUpdate.Titled(var title) -> listener.title(title);
      case AcpUpdate.Context context -> session.cost(context);
      case AcpUpdate.Mode(var id) -> session.modeIs(id);
      case AcpUpdate.Options(var options) -> session.optionsAre(options);
      case AcpUpdate.Ignored() -> {}
      case AcpUpdate.Unknown(var kind) -> story.unknown(kind, raw);
    }
  }

  private void said(String text) {
    sayError();
    if (agent.errors().stream().anyMatch(text::startsWith)) {
      synchronized (this) {
        errorSaid = text;
      }
    } else if (agent.notices().stream().anyMatch(text::startsWith)) {
      story.notice(NoticeLevel.INFO, text);
    } else {
      tools.next();
      story.text(text);
    }
  }

  /** What looked like the error that ended the turn was not the last thing said: it was text. */
  private void sayError() {
    String error;
    synchronized (this) {
      error = errorSaid;
      errorSaid = null;
    }
    if (error != null) {
      story.text(error);
    }
  }

  @Override
  public boolean asked(RpcId id, String method, JsonNode params, String raw) {
    return requests.asked(id, method, params);
  }

  @Override
  public void noise(String line) {
    story.unknown("line", line);
  }

  @Override
  public void overlong(long bytes) {
    story.notice(
        NoticeLevel.WARNING,
        "the agent wrote a line of %d bytes, which was skipped".formatted(bytes));
  }

  @Override
  public void error(TraceBody.EngineOutput part, int bytes) {
    story.error(part, bytes);
  }
}
