package dev.heddle.thread;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.run.SessionScript;
import java.util.UUID;

/** What session-service would say of runs that cost something. */
public final class TurnScripts {

  private TurnScripts() {}

  /** Of a run that a dispatch has started: its engine runs. */
  public static SessionScript running(Answer dispatched) {
    return running(
        new SessionScript(
            ThreadId.of(dispatched.text("threadId")), SessionId.of(dispatched.text("sessionId"))));
  }

  /** Of a run that was asked for: its engine runs. */
  public static SessionScript running(RunRequested request) {
    return running(
        new SessionScript(request.threadId(), request.sessionId()).answering(request.messageId()));
  }

  private static SessionScript running(SessionScript script) {
    return script.queued().claimed("worker-1").started("/w", null);
  }

  /** It says something, which cost so many tokens and dollars. */
  public static SessionScript answers(
      SessionScript script, String text, long input, long output, Double cost) {
    return script.reportsFact(
        new SessionFact.MessageCompleted(
            new MessageId(UUID.randomUUID()),
            text,
            MessageStatus.COMPLETED,
            false,
            null,
            new TokenUsage(input, 0, output, cost)));
  }

  /** Its engine tells what the attempt has cost so far. */
  public static SessionScript reports(SessionScript script, long input, long output, Double cost) {
    return script.reportsFact(
        new SessionFact.UsageReported(new TokenUsage(input, input / 2, output, cost)));
  }
}
