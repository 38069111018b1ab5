package dev.heddle.thread.run;

import dev.heddle.contracts.MessageId;
import java.time.Instant;
import org.springframework.stereotype.Component;

/** Steers by a command to the session, where its engine has said that it takes input. */
@Component
class CommandSteering implements Steering {

  private final RunControl control;

  CommandSteering(RunControl control) {
    this.control = control;
  }

  @Override
  public boolean steer(ThreadRun run, MessageId message, String text, String by, Instant now) {
    if (!run.takesInput()) {
      return false;
    }
    control.steer(run, text, by, now);
    return true;
  }
}
