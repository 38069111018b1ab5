package dev.heddle.thread.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.conversation.FakeMessages;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.MessageTree;
import dev.heddle.thread.conversation.MessageTrees;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random conversations against a simple tree: saying, editing, giving again and choosing, with what
 * runs report delivered late, twice and out of order.
 */
class BranchesPropertyTest {

  private static final Instant NOW = Instant.parse("2026-11-21T09:00:00Z");

  /** What was seen of a message before. */
  private record Seen(MessageId parent, int ordinal, String text, long revision, boolean open) {
    static Seen of(Message message) {
      return new Seen(
          message.parent(),
          message.ordinal(),
          message.text(),
          message.revision(),
          message.status().isOpen());
    }
  }

  private static final class Conversation {
    final Random random;
    final Ids ids;
    final RunFold fold;
    final FakeMessages messages = new FakeMessages();
    final MessageTree tree = MessageTrees.of(messages);
    final Answers answers = new Answers(messages);
    final ThreadId id;
    final ThreadRun run;
    final Map<SessionId, KnownSession> known = new HashMap<>();
    final Map<SessionId, MessageId> questions = new HashMap<>();
    final Map<SessionId, SessionScript> scripts = new HashMap<>();
    final List<SessionChanged> said = new ArrayList<>();
    final Map<MessageId, Seen> seen = new HashMap<>();
    int delivered;

    Conversation(long seed) {
      random = new Random(seed);
      ids = new Ids(Clock.systemUTC(), new Random(seed));
      fold = new RunFold(ids);
      id = new ThreadId(ids.next());
      run = new ThreadRun(id, NOW);
    }

    void step() {
      switch (random.nextInt(10)) {
        case 0 -> say();
        case 1 -> edit();
        case 2 -> regenerate();
        case 3 -> choose();
        case 4, 5, 6 -> work();
        case 7 -> deliverAgain();
        default -> deliverNext();
      }
      check();
    }

    private void say() {
      if (!run.status().isBusy()) {
        MessageId parent = run.activeMessage();
        Message said = ask(parent);
        assertThat(messages.isOnPath(said.id(), run.activeMessage())).isTrue();
        assertThat(parent == null || messages.isOnPath(parent, run.activeMessage())).isTrue();
      }
    }

    private void edit() {
      Message original = any(Role.USER);
      if (!run.status().isBusy() && original != null) {
        Message edited = ask(tree.requireOfUser(id, original.id()).parent());
        assertThat(edited.parent()).isEqualTo(original.parent());
        assertThat(messages.isOnPath(original.id(), run.activeMessage())).isFalse();
      }
    }

    private void regenerate() {
      Message answer = any(Role.ASSISTANT);
      if (!run.status().isBusy() && answer != null) {
        Message question = tree.requireAnsweredBy(id, answer.id());
        assertThat(messages.isOnPath(question.id(), answer.id())).isTrue();
        run.activate(question.id());
        start(question.id());
        assertThat(messages.isOnPath(answer.id(), run.activeMessage())).isFalse();
      }
    }

    private void choose() {
      Message chosen = any(null);
      if (chosen != null) {
        run.activate(messages.newestBelow(tree.require(id, chosen.id()).id()));
        assertThat(messages.isOnPath(chosen.id(), run.activeMessage())).isTrue();
      }
    }

    private Message ask(MessageId parent) {
      SessionId session = new SessionId(ids.next());
      MessageId message = new MessageId(ids.next());
      Message said = Message.ofUser(message, id, run.nextMessage(NOW), parent, "ask", session, NOW);
      messages.add(said);
      run.activate(message);
      start(message);
      return said;
    }

    private void start(MessageId question) {
      SessionId session = new SessionId(ids.next());
      run.dispatch(session, "ada", "dispatched", NOW);
      known.put(session, new KnownSession(session, id, question));
      questions.put(session, question);
      scripts.put(session, new SessionScript(id, session).queued().claimed("worker-1"));
      said.addAll(scripts.get(session).changes());
    }

    /** The active session does something, of which the thread hears later. */
    private void work() {
      SessionId session = run.activeSession();
      if (session == null) {
        return;
      }
      SessionScript script = scripts.get(session);
      if (script.last().session().status().isDone()) {
        return;
      }
      switch (random.nextInt(7)) {
        case 0 -> script.started("/w", null);
        case 1 -> script.writes(new MessageId(ids.next()), "so far");
        case 2 -> {
          MessageId open = known.get(session).lastMessage();
          script.says(open == null ? new MessageId(ids.next()) : open, "answer");
        }
        case 3 -> script.says(new MessageId(ids.next()), "another");
        case 4 -> script.queued().claimed("worker-2");
        case 5 -> script.completed();
        default -> script.failed("exit_nonzero", "no");
      }
      script.changes().stream().filter(change -> !said.contains(change)).forEach(said::add);
    }

    private void deliverNext() {
      while (delivered < said.size()) {
        SessionChanged next = said.get(delivered++);
        deliver(next);
        if (random.nextBoolean()) {
          return;
        }
      }
    }

    /** Something old, or, now and then, something that is ahead of what must come before. */
    private void deliverAgain() {
      if (!said.isEmpty()) {
        deliver(said.get(random.nextInt(said.size())));
      }
    }

    private void deliver(SessionChanged change) {
      KnownSession session = known.get(change.sessionId());
      MessageId before = run.activeMessage();
      boolean news = change.version() > session.version() && !session.isDone();
      boolean current = run.follows(change.sessionId());
      RunFold.Effects effects = fold.apply(run, session, change);
      Message added = answers.take(run, session, change, effects);
      if (!news) {
        assertThat(added).isNull();
        assertThat(run.activeMessage()).isEqualTo(before);
      }
      if (added == null) {
        assertThat(run.activeMessage()).isEqualTo(before);
        return;
      }
      assertThat(messages.isOnPath(questions.get(change.sessionId()), added.id())).isTrue();
      boolean grows = current && Objects.equals(before, added.parent());
      assertThat(run.activeMessage()).isEqualTo(grows ? added.id() : before);
    }

    private Message any(Role role) {
      List<Message> choice =
          messages.all(id, 0, Integer.MAX_VALUE).stream()
              .filter(message -> role == null || message.role() == role)
              .toList();
      return choice.isEmpty() ? null : choice.get(random.nextInt(choice.size()));
    }

    private void check() {
      List<Message> all = messages.all(id, 0, Integer.MAX_VALUE);
      Set<MessageId> there = new HashSet<>();
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i).ordinal()).isEqualTo(i + 1);
        there.add(all.get(i).id());
      }
      assertThat(there).as("no message is lost").containsAll(seen.keySet());
      for (Message message : all) {
        Seen before = seen.put(message.id(), Seen.of(message));
        if (before != null) {
          Seen now = Seen.of(message);
          assertThat(now.parent()).isEqualTo(before.parent());
          assertThat(now.revision()).isGreaterThanOrEqualTo(before.revision());
          if (!now.equals(before)) {
            assertThat(before.open()).as("what is final stays").isTrue();
            assertThat(now.revision()).isGreaterThan(before.revision());
          }
        }
      }
      List<Message> path = messages.path(run.activeMessage(), 0, Integer.MAX_VALUE);
      MessageId parent = null;
      for (Message message : path) {
        assertThat(message.parent()).isEqualTo(parent);
        parent = message.id();
      }
      assertThat(parent).isEqualTo(run.activeMessage());
      if (!run.status().isBusy()) {
        assertThat(all).noneMatch(message -> message.status().isOpen());
      }
    }
  }

  static LongStream seeds() {
    return LongStream.range(0, 60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theActiveTranscriptIsAPathFromTheRootAndNothingIsLost(long seed) {
    Conversation conversation = new Conversation(seed);
    for (int step = 0; step < 120; step++) {
      conversation.step();
    }
    assertThat(conversation.seen).isNotEmpty();
  }
}
