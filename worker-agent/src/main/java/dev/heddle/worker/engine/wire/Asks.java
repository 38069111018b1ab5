package dev.heddle.worker.engine.wire;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.Decision;
import dev.heddle.worker.engine.Ask;
import dev.heddle.worker.engine.Asked;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.Ruling;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the engine of one run has asked, by the engine's own id of the request. Each gets one answer
 * at most: none where the engine takes its request back.
 */
public final class Asks {

  private final EngineListener listener;
  private final Story story;
  private final Map<String, ApprovalId> open = new HashMap<>();

  public Asks(EngineListener listener, Story story) {
    this.listener = listener;
    this.story = story;
  }

  /**
   * Asks a person.
   *
   * @param request the engine's own id
   * @param answer hears the ruling on another thread, unless the engine has withdrawn the request;
   *     also where nobody will decide, and the engine should be told no
   */
  public void ask(String request, Ask ask, Consumer<Ruling> answer) {
    Asked asked = listener.ask(ask);
    synchronized (this) {
      open.put(request, asked.id());
    }
    story.asked(asked.id(), ask.title());
    var _ =
        asked
            .ruling()
            .thenAccept(ruling -> {
              story.decided(asked.id(), word(ask.kind(), ruling));
              if (close(request) != null) {
                answer.accept(ruling);
              }
            });
  }

  /** The engine has taken its request back. */
  public void withdraw(String request, String reason) {
    ApprovalId id = close(request);
    if (id != null) {
      listener.withdraw(id, reason);
    }
  }

  /** The engine is gone, or waits for nothing any more. */
  public void withdrawAll(String reason) {
    List<String> requests;
    synchronized (this) {
      requests = List.copyOf(open.keySet());
    }
    requests.forEach(request -> withdraw(request, reason));
  }

  /** Whether anybody is asked. */
  public synchronized boolean areOpen() {
    return !open.isEmpty();
  }

  private synchronized @Nullable ApprovalId close(String request) {
    return open.remove(request);
  }

  /**
   * Which of the engine's options a decision stands for: the one that was chosen, or, where only
   * the verdict was given, one of its kind; of those that hold for longer only where the decision
   * does.
   */
  public static Optional<ApprovalOption> chosen(Decision decision, List<ApprovalOption> options) {
    if (decision.optionId() != null) {
      Optional<ApprovalOption> named =
          options.stream().filter(option -> option.id().equals(decision.optionId())).findFirst();
      if (named.isPresent()) {
        return named;
      }
    }
    List<ApprovalOption.Kind> order =
        decision.verdict() == Decision.Verdict.DENIED
            ? List.of(ApprovalOption.Kind.REJECT_ONCE, ApprovalOption.Kind.REJECT_ALWAYS)
            : switch (decision.scope()) {
              case ONCE -> List.of(ApprovalOption.Kind.ALLOW_ONCE);
              case SESSION ->
                  List.of(ApprovalOption.Kind.ALLOW_SESSION, ApprovalOption.Kind.ALLOW_ONCE);
              // Kept as a rule of Heddle's, which answers the next time; the engine need not know.
              case THREAD, PROJECT ->
                  List.of(ApprovalOption.Kind.ALLOW_ONCE, ApprovalOption.Kind.ALLOW_SESSION);
            };
    return order.stream()
        .flatMap(kind -> options.stream().filter(option -> option.kind() == kind))
        .findFirst();
  }

  private static String word(ApprovalKind kind, Ruling ruling) {
    return switch (ruling) {
      case Ruling.Decided(var decision) ->
          kind == ApprovalKind.QUESTION && decision.verdict() == Decision.Verdict.ALLOWED
              ? "answered"
              : decision.verdict().wire();
      case Ruling.Withdrawn _ -> "withdrawn";
    };
  }
}
