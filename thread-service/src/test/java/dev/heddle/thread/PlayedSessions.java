package dev.heddle.thread;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.CommandOutcome.Result;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.DecisionRequested;
import dev.heddle.contracts.SessionRequest.DelegationAnswered;
import dev.heddle.contracts.SessionRequest.InputRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.run.SessionScript;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * session-service as some threads see it, moved on by dice. It hears what they ask for, and what it
 * says of its sessions comes late, twice and in another order; only the end of each comes for sure.
 */
final class PlayedSessions {

  /** A session, the prompt that it was asked for with, and what its engine waits for. */
  private static final class Played {
    final String prompt;
    final SessionScript script;
    final Set<ApprovalId> open = new LinkedHashSet<>();

    Played(RunRequested asked) {
      prompt = asked.prompt();
      script =
          new SessionScript(asked.threadId(), asked.sessionId())
              .answering(asked.messageId())
              .ofProject(asked.project().id())
              .queued();
    }

    SessionStatus status() {
      return script.last().session().status();
    }
  }

  private final Wire wire;
  private final Consumer<List<SessionChanged>> outlet;
  private final Random dice;
  private final Map<ThreadId, Integer> heard = new LinkedHashMap<>();
  private final Map<SessionId, Played> sessions = new LinkedHashMap<>();
  private final Map<CommandId, SessionChanged> outcomes = new HashMap<>();
  private final List<SessionChanged> coming = new ArrayList<>();
  private final List<SessionChanged> came = new ArrayList<>();

  PlayedSessions(
      Wire wire, Collection<ThreadId> threads, Consumer<List<SessionChanged>> outlet, Random dice) {
    this.wire = wire;
    this.outlet = outlet;
    this.dice = dice;
    threads.forEach(thread -> heard.put(thread, 0));
  }

  /** Moves a session on, and says some of what there is to say. */
  void turn() {
    hear();
    List<Played> open = unfinished();
    if (!open.isEmpty()) {
      move(open.get(dice.nextInt(open.size())));
    }
    if (!coming.isEmpty() && dice.nextInt(3) == 0) {
      say(1 + dice.nextInt(coming.size()));
    }
  }

  /** Says all that there is to say, and moves nothing by itself. */
  void settle() {
    hear();
    if (!coming.isEmpty()) {
      say(coming.size());
    }
  }

  /** Brings everything to its end, without another failure. */
  void finish() {
    hear();
    for (Played session : unfinished()) {
      switch (session.status()) {
        case QUEUED -> session.script.claimed("worker-1");
        case CLAIMED -> session.script.started("/w", null);
        case STOPPING -> session.script.cancelled();
        default -> session.script.completed();
      }
      told(session);
    }
    settle();
  }

  /** The sessions of a thread that are not over. */
  List<SessionId> unfinished(ThreadId thread) {
    return unfinished().stream()
        .map(session -> session.script.last())
        .filter(last -> thread.equals(last.threadId()))
        .map(SessionChanged::sessionId)
        .toList();
  }

  SessionStatus status(SessionId session) {
    return sessions.get(session).status();
  }

  /** The last states of the sessions that were asked for with a prompt, the oldest first. */
  List<SessionChanged> askedFor(String prompt) {
    return sessions.values().stream()
        .filter(session -> session.prompt.equals(prompt))
        .map(session -> session.script.last())
        .toList();
  }

  /** Whether an engine took an input. */
  boolean took(CommandId input) {
    return outcomes.get(input).commands().stream()
        .anyMatch(
            outcome -> outcome.commandId().equals(input) && outcome.result() == Result.ACCEPTED);
  }

  /** The session of a thread that was asked for last. */
  SessionChanged lastOf(ThreadId thread) {
    return sessions.values().stream()
        .map(session -> session.script.last())
        .filter(last -> thread.equals(last.threadId()))
        .toList()
        .getLast();
  }

  /** How many of its records were said, and how many sessions it had. */
  String summary() {
    return "%d sessions, %d records".formatted(sessions.size(), came.size());
  }

  private List<Played> unfinished() {
    return sessions.values().stream().filter(session -> !session.status().isDone()).toList();
  }

  private void hear() {
    heard.replaceAll((thread, count) -> {
      List<SessionRequest> asked = wire.now(thread.toString(), SessionRequest.class);
      asked.subList(count, asked.size()).forEach(this::take);
      return asked.size();
    });
  }

  private void take(SessionRequest request) {
    Played known = sessions.get(request.sessionId());
    switch (request) {
      case RunRequested run -> {
        if (known == null) {
          known = new Played(run);
          sessions.put(run.sessionId(), known);
        }
        told(known);
      }
      case CancelRequested _ -> stop(known, null);
      case DecisionRequested decision -> {
        SessionChanged before = outcomes.get(decision.commandId());
        coming.add(before == null ? decided(known, decision) : before);
      }
      case DelegationAnswered answer ->
          coming.add(
              outcomes.computeIfAbsent(
                  answer.commandId(),
                  id -> known(request).script.outcome(id, Result.REJECTED, "it never asked")));
      case InputRequested input -> {
        SessionStatus status = known.status();
        boolean taken = status == SessionStatus.RUNNING || status == SessionStatus.WAITING;
        coming.add(
            outcomes.computeIfAbsent(
                input.commandId(),
                id ->
                    known(request)
                        .script
                        .outcome(id, taken ? Result.ACCEPTED : Result.REJECTED, null)));
      }
    }
  }

  private Played known(SessionRequest request) {
    return sessions.get(request.sessionId());
  }

  private SessionChanged decided(Played session, DecisionRequested decision) {
    boolean applied = session.open.remove(decision.decision().approvalId());
    if (applied && session.open.isEmpty()) {
      session.script.resumed();
      told(session);
    }
    SessionChanged outcome =
        session.script.outcome(
            decision.commandId(),
            applied ? Result.ACCEPTED : Result.REJECTED,
            applied ? null : "the engine does not wait for it any more");
    outcomes.put(decision.commandId(), outcome);
    return outcome;
  }

  private void stop(Played session, String by) {
    switch (session.status()) {
      case QUEUED -> {
        if (by == null) {
          session.script.cancelled();
        } else {
          session.script.cancelledBy(by);
        }
      }
      case CLAIMED, RUNNING, WAITING -> session.script.stopping();
      default -> {
        return;
      }
    }
    session.open.clear();
    told(session);
  }

  private void told(Played session) {
    coming.add(session.script.last());
  }

  private void move(Played session) {
    int number = dice.nextInt(100);
    SessionScript script = session.script;
    switch (session.status()) {
      case QUEUED -> {
        if (number < 60) {
          script.claimed("worker-" + dice.nextInt(3));
        } else if (number < 70) {
          script.failed("no_disk", "there is no room");
        } else if (number < 75) {
          script.cancelledBy("bob");
        }
      }
      case CLAIMED -> {
        if (number < 40) {
          script.startedTakingInput();
        } else if (number < 60) {
          script.started("/w", null);
        } else if (number < 75) {
          script.failed("no_engine", "the engine did not start");
        } else if (number < 85) {
          script.queued();
        }
      }
      case RUNNING -> run(session, number);
      case WAITING -> wait(session, number);
      case STOPPING -> {
        if (number < 50) {
          script.cancelledBy("bob");
        } else if (number < 60) {
          script.completed();
        } else if (number < 70) {
          script.failed("broken", "it broke while it was stopped");
        }
      }
      case COMPLETED, FAILED, CANCELLED -> {}
    }
    told(session);
  }

  private void run(Played session, int number) {
    if (number < 25) {
      ApprovalRequested ask = ask();
      session.open.add(ask.approvalId());
      session.script.asks(ask);
    } else if (number < 40) {
      session.script.says(new MessageId(UUID.randomUUID()), "as far as I can see");
    } else if (number < 65) {
      session.script.completed();
    } else if (number < 75) {
      session.script.failed("broken", "it broke");
    } else if (number < 82) {
      session.script.queued();
    } else if (number < 87) {
      stop(session, "bob");
    }
  }

  private void wait(Played session, int number) {
    if (number < 10) {
      session.open.clear();
      session.script.queued();
    } else if (number < 15) {
      session.open.clear();
      session.script.failed("broken", "it broke while it waited");
    } else if (number < 30) {
      ApprovalId gone = session.open.iterator().next();
      session.open.remove(gone);
      session.script.withdraws(gone, "not needed any more");
    }
  }

  private static ApprovalRequested ask() {
    return new ApprovalRequested(
        new ApprovalId(UUID.randomUUID()),
        ApprovalKind.APPROVAL,
        "Bash",
        "Run it",
        "make",
        false,
        List.of(new ApprovalOption("y", "Yes", ApprovalOption.Kind.ALLOW_ONCE)),
        false,
        null);
  }

  /** The next so many, two of them perhaps in another order, and something old once more. */
  private void say(int count) {
    List<SessionChanged> next = new ArrayList<>(coming.subList(0, count));
    coming.subList(0, count).clear();
    if (count > 1 && dice.nextInt(4) == 0) {
      int first = dice.nextInt(count - 1);
      Collections.swap(next, first, first + 1);
    }
    came.addAll(next);
    outlet.accept(next);
    if (dice.nextInt(3) == 0) {
      int from = dice.nextInt(came.size());
      outlet.accept(List.copyOf(came.subList(from, Math.min(came.size(), from + 8))));
    }
  }
}
