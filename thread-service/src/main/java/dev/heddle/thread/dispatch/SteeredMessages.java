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
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Messages that join the turn that runs; where there is no steering, none does. */
@Component
class SteeredMessages {

  private final ObjectProvider<Steering> steering;
  private final Turns turns;
  private final Ids ids;

  SteeredMessages(ObjectProvider<Steering> steering, Turns turns, Ids ids) {
    this.steering = steering;
    this.turns = turns;
    this.ids = ids;
  }

  /** Offers a message to the active run, and stores it if it is taken; null if it is not. */
  @Nullable MessageId offer(ThreadRun run, SessionId session, String text, String by, Instant now) {
    Steering engines = steering.getIfAvailable();
    MessageId message = new MessageId(ids.next());
    // What is being ended, or has no engine yet, would take it and never answer.
    boolean taken =
        engines != null
            && (run.status() == RunStatus.RUNNING || run.status() == RunStatus.WAITING)
            && engines.steer(run, message, text, by, now);
    if (taken) {
      turns.join(run, message, session, text, now);
    }
    return taken ? message : null;
  }
}
