package dev.heddle.thread.followup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.testkit.Property;
import dev.heddle.testkit.SettableClock;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.run.Held;
import dev.heddle.thread.run.HoldCause;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.run.SessionScript;
import dev.heddle.thread.run.StoredThread;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.Said;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Messages, stops, retries and ends of runs in any order, with records of session.changed that come
 * twice, late or not at all: the queue is always that of a simple model, which is a list of texts.
 */
class FollowUpModelTest {

  private static final SettingsInput NOTHING =
      new SettingsInput(null, null, null, null, null, null, null, null);

  /** Where a step names one of several, it is by a number modulo how many there are. */
  sealed interface Step {

    record Say(boolean ahead, boolean interrupting) implements Step {}

    record SendNow(int which) implements Step {}

    record Withdraw(int which) implements Step {}

    record Move(int which, int to) implements Step {}

    record Edit(int which) implements Step {}

    record Stop() implements Step {}

    record Resume() implements Step {}

    record Archive(boolean wanted) implements Step {}

    record Pending(boolean wanted) implements Step {}

    /** session-service moves the unfinished session on. */
    record Advance(int how) implements Step {}

    /** session-service repeats a session that is over. */
    record Retry(int which) implements Step {}

    /** The next record that was not there yet arrives. */
    record Deliver() implements Step {}

    /** It never does, since it is parked; the end of a session is not. */
    record Park() implements Step {}

    /** What was there before comes again. */
    record Repeat(int from, int count) implements Step {}
  }

  private static List<Step> steps(Random random) {
    return IntStream.range(0, 20 + random.nextInt(60)).mapToObj(_ -> step(random)).toList();
  }

  private static Step step(Random random) {
    int number = random.nextInt(100);
    return switch (random.nextInt(24)) {
      case 0, 1 -> new Step.Say(false, false);
      case 2 -> new Step.Say(true, number < 50);
      case 3 -> new Step.SendNow(number);
      case 4 -> number < 50 ? new Step.Withdraw(number) : new Step.Edit(number);
      case 5 -> new Step.Move(number, random.nextInt(100));
      case 6 -> new Step.Stop();
      case 7, 8 -> new Step.Resume();
      case 9 -> new Step.Archive(number < 30);
      case 10 -> new Step.Pending(number < 30);
      case 11 -> new Step.Retry(number);
      case 12 -> new Step.Repeat(number, 1 + random.nextInt(10));
      case 13 -> number < 20 ? new Step.Park() : new Step.Deliver();
      case 14, 15, 16, 17 -> new Step.Advance(number);
      default -> new Step.Deliver();
    };
  }

  /** What people and session-service see, beside what a simple reader would expect. */
  private static final class World implements Outlet {
    private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

    final StoredThread thread = new StoredThread();
    final MemoryFollowUps followUps = new MemoryFollowUps();
    final FollowUpQueue queue =
        new FollowUpQueue(followUps, this, SettableClock.at("2026-11-21T09:00:00Z"), thread.ids);

    // What is said, as what, and where each record stands.
    final LinkedHashMap<SessionId, SessionScript> sessions = new LinkedHashMap<>();
    final Map<SessionId, MessageId> answers = new HashMap<>();
    final Map<MessageId, String> transcript = new LinkedHashMap<>();
    final Set<MessageId> unread = new HashSet<>();
    final List<SessionChanged> coming = new ArrayList<>();
    final List<SessionChanged> came = new ArrayList<>();
    boolean archived;
    boolean pending;
    int said;

    // The model.
    final List<String> waiting = new ArrayList<>();
    final Map<String, Integer> returns = new HashMap<>();
    final Map<MessageId, String> asFollowUp = new HashMap<>();
    final Set<SessionId> ended = new HashSet<>();
    final Set<SessionId> started = new HashSet<>();
    HoldCause held;
    SessionId active;
    boolean stopping;

    World() {
      thread.watchedBy(queue);
    }

    @Override
    public FollowUp.Delivery begin(ThreadRun run, FollowUp next, Instant now) {
      return start(next.said().text());
    }

    @Override
    public void mark(MessageId message, MessageStatus status) {
      if (status == MessageStatus.FAILED) {
        assertThat(unread.add(message)).isTrue();
      } else {
        assertThat(unread.remove(message)).isTrue();
      }
    }

    @Override
    public boolean isArchived(ThreadRun run) {
      return archived;
    }

    @Override
    public Held hold(ThreadRun run) {
      return pending ? new Held(HoldCause.PENDING, "an approval is pending") : null;
    }

    private FollowUp.Delivery start(String text) {
      SessionScript session = thread.dispatch();
      MessageId message = new MessageId(thread.ids.next());
      transcript.put(message, text);
      know(session, message);
      return new FollowUp.Delivery(session.last().sessionId(), message);
    }

    private void know(SessionScript session, MessageId message) {
      session.answering(message);
      sessions.put(session.last().sessionId(), session);
      answers.put(session.last().sessionId(), message);
      coming.add(session.last());
    }

    void take(Step step) {
      switch (step) {
        case Step.Say(boolean ahead, boolean interrupting) -> say(ahead, interrupting);
        case Step.SendNow(int which) -> {
          if (!waiting.isEmpty() && !archived) {
            sendNow(pick(which));
          }
        }
        case Step.Withdraw(int which) -> {
          if (!waiting.isEmpty()) {
            FollowUp one = pick(which);
            followUps.store(one.withdrawn());
            thread.run.followUpGone();
            waiting.remove(one.said().text());
            held = waiting.isEmpty() ? null : held;
          }
        }
        case Step.Move(int which, int to) -> {
          if (!waiting.isEmpty()) {
            FollowUp one = pick(which);
            List<FollowUpId> order = new ArrayList<>(followUps.order(thread.id));
            order.remove(one.id());
            order.add(to % waiting.size(), one.id());
            followUps.arrange(thread.id, order);
            waiting.remove(one.said().text());
            waiting.add(to % (waiting.size() + 1), one.said().text());
          }
        }
        case Step.Edit(int which) -> {
          if (!waiting.isEmpty()) {
            edit(pick(which));
          }
        }
        case Step.Stop() -> stop();
        case Step.Resume() -> {
          if (!archived && active == null && !waiting.isEmpty()) {
            queue.send(thread.run, followUps.first(thread.id), NOW);
            begun(waiting.removeFirst(), true);
          }
        }
        case Step.Archive(boolean wanted) -> archive(wanted);
        case Step.Pending(boolean wanted) -> {
          pending = wanted;
          if (!wanted) {
            queue.lifted(thread.run, HoldCause.PENDING);
            lifted(HoldCause.PENDING);
          }
        }
        case Step.Advance(int how) -> advance(how);
        case Step.Retry(int which) -> retry(which);
        case Step.Deliver() -> {
          if (!coming.isEmpty()) {
            deliver(coming.removeFirst());
          }
        }
        case Step.Park() -> {
          if (!coming.isEmpty() && !coming.getFirst().session().status().isDone()) {
            coming.removeFirst();
          }
        }
        case Step.Repeat(int from, int count) -> {
          if (!came.isEmpty()) {
            int first = from % came.size();
            List.copyOf(came.subList(first, Math.min(came.size(), first + count)))
                .forEach(thread::deliver);
          }
        }
      }
    }

    private void say(boolean ahead, boolean interrupting) {
      if (archived) {
        return;
      }
      String text = "m" + said++;
      if (active == null) {
        start(text);
        begun(text, false);
        return;
      }
      queue.add(thread.run, new Said(text, NOTHING, Priority.NORMAL), "local", ahead, NOW);
      waiting.add(ahead ? 0 : waiting.size(), text);
      if (interrupting) {
        stop();
      }
    }

    private void sendNow(FollowUp one) {
      waiting.remove(one.said().text());
      if (active == null) {
        queue.send(thread.run, one, NOW);
        begun(one.said().text(), true);
      } else {
        followUps.putFirst(one);
        waiting.addFirst(one.said().text());
        stop();
      }
    }

    private void edit(FollowUp one) {
      String text = one.said().text() + "'";
      followUps.store(one.edited(new Said(text, NOTHING, Priority.NORMAL)));
      waiting.set(waiting.indexOf(one.said().text()), text);
      returns.put(text, returns.getOrDefault(one.said().text(), 0));
    }

    private void stop() {
      thread.stop();
      stopping |= active != null;
    }

    private void archive(boolean wanted) {
      boolean lifts = archived && !wanted;
      archived = wanted;
      if (wanted) {
        stop();
      } else if (lifts) {
        queue.lifted(thread.run, HoldCause.ARCHIVED);
        lifted(HoldCause.ARCHIVED);
      }
    }

    private void lifted(HoldCause cause) {
      if (held == cause) {
        goOn();
      }
    }

    private void advance(int how) {
      List<SessionScript> unfinished =
          sessions.values().stream()
              .filter(one -> !one.last().session().status().isDone())
              .toList();
      if (unfinished.isEmpty()) {
        return;
      }
      SessionScript session = unfinished.get(how / 8 % unfinished.size());
      SessionStatus status = session.last().session().status();
      switch (how % 8) {
        case 0 -> session.completed();
        case 1 -> session.failed("broken", "it broke");
        case 2 -> session.cancelled();
        case 3 -> {
          if (status == SessionStatus.QUEUED) {
            return;
          }
          session.queued();
        }
        case 4, 5 -> {
          if (status != SessionStatus.QUEUED) {
            return;
          }
          session.claimed("worker-1");
        }
        default -> {
          if (status != SessionStatus.CLAIMED) {
            return;
          }
          session.started("/w", null);
        }
      }
      coming.add(session.last());
    }

    private void retry(int which) {
      boolean over =
          !sessions.isEmpty() && sessions.lastEntry().getValue().last().session().status().isDone();
      // Refused while a session of the thread is unfinished, but one may be asked for meanwhile.
      if (over && coming.isEmpty() && active == null) {
        List<SessionId> all = List.copyOf(sessions.keySet());
        MessageId message = answers.get(all.get(which % all.size()));
        know(thread.retry().answering(message).queued(), message);
      }
    }

    private void deliver(SessionChanged change) {
      came.add(change);
      thread.deliver(change);
      SessionId session = change.sessionId();
      if (ended.contains(session)) {
        return;
      }
      if (active == null) {
        adopted(session);
      }
      if (!session.equals(active)) {
        return;
      }
      SessionStatus status = change.session().status();
      if (change.session().startedAt() != null || status == SessionStatus.COMPLETED) {
        started.add(session);
      }
      if (status.isDone()) {
        end(change);
      }
    }

    private void adopted(SessionId session) {
      active = session;
      held = null;
      stopping = false;
      MessageId message = answers.get(session);
      String text = transcript.get(message);
      if (asFollowUp.containsKey(message) && waiting.contains(text)) {
        waiting.remove(text);
      } else {
        asFollowUp.remove(message);
      }
    }

    private void end(SessionChanged change) {
      SessionId session = change.sessionId();
      MessageId message = answers.get(session);
      boolean failed = change.session().status() == SessionStatus.FAILED && !stopping;
      ended.add(session);
      active = null;
      stopping = false;
      String text = asFollowUp.get(message);
      boolean back =
          failed
              && text != null
              && !started.contains(session)
              && returns.getOrDefault(text, 0) == 0;
      if (back) {
        returns.put(text, 1);
        waiting.addFirst(text);
      }
      if (waiting.isEmpty()) {
        return;
      }
      if (failed) {
        held = back ? HoldCause.START_FAILED : HoldCause.RUN_FAILED;
      } else {
        goOn();
      }
    }

    private void goOn() {
      held = archived ? HoldCause.ARCHIVED : pending ? HoldCause.PENDING : null;
      if (held == null) {
        begun(waiting.removeFirst(), true);
      }
    }

    private void begun(String text, boolean followUp) {
      MessageId message = List.copyOf(transcript.keySet()).getLast();
      assertThat(transcript.get(message)).as("what was sent last").isEqualTo(text);
      if (followUp) {
        asFollowUp.put(message, text);
      }
      active = sessions.lastEntry().getKey();
      held = null;
      stopping = false;
    }

    private FollowUp pick(int which) {
      return followUps.queued(thread.id).get(which % waiting.size());
    }

    void check() {
      List<String> queued =
          followUps.queued(thread.id).stream().map(one -> one.said().text()).toList();
      assertThat(queued).as("the queue").isEqualTo(waiting);
      assertThat(thread.run.followUps()).as("their number").isEqualTo(waiting.size());
      HoldCause cause = thread.run.held() == null ? null : thread.run.held().cause();
      assertThat(cause).as("what holds it").isEqualTo(held);
      boolean idle = thread.run.status() == RunStatus.IDLE;
      assertThat(cause != null).as("held").isEqualTo(idle && !waiting.isEmpty());
      assertThat(thread.run.activeSession()).as("the session").isEqualTo(active);
      assertThat(idle).isEqualTo(active == null);
      thread.path();
      List<String> read =
          transcript.entrySet().stream()
              .filter(message -> !unread.contains(message.getKey()))
              .map(Map.Entry::getValue)
              .toList();
      assertThat(read).as("what reached an engine").doesNotHaveDuplicates();
      assertThat(read).as("what reached an engine").noneMatch(waiting::contains);
    }
  }

  @Test
  void theQueueNeitherLosesNorDoublesNorOvertakes() {
    Property.check(
        3_000,
        FollowUpModelTest::steps,
        steps -> {
          World world = new World();
          for (Step step : steps) {
            world.take(step);
            world.check();
          }
          return Optional.empty();
        });
  }
}
