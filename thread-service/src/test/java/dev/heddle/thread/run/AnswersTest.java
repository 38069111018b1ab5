package dev.heddle.thread.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.thread.conversation.FakeMessages;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AnswersTest {

  private final Ids ids = new Ids(Clock.systemUTC(), new Random(1));
  private final FakeMessages messages = new FakeMessages();
  private final Answers answers = new Answers(messages);
  private final RunFold fold = new RunFold(ids);
  private final ThreadRun run = new ThreadRun(new ThreadId(ids.next()), Instant.EPOCH);
  private final SessionScript script =
      new SessionScript(run.thread(), new SessionId(ids.next())).queued().claimed("w");
  private final KnownSession session = new KnownSession(script.session(), run.thread(), null);

  @Test
  void theUsageOfAnAttemptIsSharedAmongItsMessages() {
    MessageId one = new MessageId(ids.next());
    MessageId two = new MessageId(ids.next());
    script.says(one, "a");
    reports(6);
    script.says(two, "b");
    reports(14);
    reports(20);
    deliver();
    assertThat(messages.find(one).usage()).isEqualTo(usage(6));
    assertThat(messages.find(two).usage()).isEqualTo(usage(14));
  }

  @Test
  void aMessageThatCameWithItsUsageKeepsIt() {
    MessageId one = new MessageId(ids.next());
    MessageId two = new MessageId(ids.next());
    script.says(one, "a");
    reports(10);
    script.reportsFact(
        new SessionFact.MessageCompleted(
            two, "b", MessageStatus.COMPLETED, false, List.of(), usage(4)));
    reports(14);
    deliver();
    assertThat(messages.find(one).usage()).isEqualTo(usage(10));
    assertThat(messages.find(two).usage()).isEqualTo(usage(4));
    assertThat(messages.find(two).revision()).isEqualTo(1);
  }

  @Test
  void anotherAttemptBeginsToCountAnew() {
    MessageId one = new MessageId(ids.next());
    MessageId two = new MessageId(ids.next());
    script.says(one, "a");
    reports(6);
    script.queued().claimed("w").says(two, "b");
    reports(5);
    deliver();
    assertThat(messages.find(one).usage()).isEqualTo(usage(6));
    assertThat(messages.find(two).usage()).isEqualTo(usage(5));
  }

  private void reports(long tokens) {
    script.reportsFact(new SessionFact.UsageReported(usage(tokens)));
  }

  private void deliver() {
    for (SessionChanged change : script.changes()) {
      answers.take(run, session, change, fold.apply(run, session, change));
    }
  }

  private static TokenUsage usage(long tokens) {
    return new TokenUsage(tokens, 0, tokens, null);
  }
}
