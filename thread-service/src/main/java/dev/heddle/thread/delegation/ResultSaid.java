package dev.heddle.thread.delegation;

import dev.heddle.contracts.SessionId;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.followup.FollowUpId;
import dev.heddle.thread.followup.FollowUpQueue;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.Said;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Says what came of a task to the thread that delegated it, each result once. */
@Component
class ResultSaid {

  private static final Logger log = LoggerFactory.getLogger(ResultSaid.class);

  private final FollowUpQueue queue;
  private final Clock clock;

  ResultSaid(FollowUpQueue queue, Clock clock) {
    this.queue = queue;
    this.clock = clock;
  }

  /** Leaves it with the parent, whose run is locked. */
  void to(ThreadRun parent, Delegation own, Delegation.Result result) {
    boolean left =
        queue.leave(
            parent,
            idOf(result.sessionId()),
            saidOf(own, result),
            own.createdBy(),
            clock.instant().truncatedTo(ChronoUnit.MICROS));
    log.atInfo()
        .addKeyValue("thread", own.child())
        .addKeyValue("parent", own.parent())
        .addKeyValue("key", own.key())
        .log(left ? "result said to the parent" : "result not said to the parent, it is full");
  }

  /** The same for the same run, whenever and wherever it is made. */
  private static FollowUpId idOf(SessionId session) {
    return new FollowUpId(
        UUID.nameUUIDFromBytes(("result of " + session).getBytes(StandardCharsets.UTF_8)));
  }

  private static Said saidOf(Delegation own, Delegation.Result result) {
    String summary = result.summary();
    String text = "Result of " + own.key() + ": " + result.status().wire();
    return Said.checked(
        summary == null || summary.isBlank() ? text : text + "\n\n" + summary,
        SettingsInput.unchanged(),
        null);
  }
}
