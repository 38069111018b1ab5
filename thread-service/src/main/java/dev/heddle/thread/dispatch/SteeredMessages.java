package dev.heddle.thread.dispatch;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.run.Steering;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.Turns;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Messages that join the turn that runs, where its engine takes them. */
@Component
class SteeredMessages {

  private final Steering steering;
  private final Turns turns;
  private final Ids ids;

  SteeredMessages(Steering steering, Turns turns, Ids ids) {
    this.steering = steering;
    this.turns = turns;
    this.ids = ids;
  }

  /** Offers a message to the active run, and stores it if it is taken; null if it is not. */
  @Nullable MessageId offer(ThreadRun run, SessionId session, String text, String by, Instant now) {
    MessageId message = new MessageId(ids.next());
    // What is being ended, or has no engine yet, would take it and never answer.
    boolean taken =
        (run.status() == RunStatus.RUNNING || run.status() == RunStatus.WAITING)
            && steering.steer(run, message, text, by, now);
    if (taken) {
      turns.join(run, message, session, text, by, now);
    }
    return taken ? message : null;
  }
}
