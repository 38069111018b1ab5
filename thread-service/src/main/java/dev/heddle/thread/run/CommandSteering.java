package dev.heddle.thread.run;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.MessageId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Steers by a command to the session, where its engine has said that it takes input. */
@Component
class CommandSteering implements Steering {

  private final RunControl control;

  CommandSteering(RunControl control) {
    this.control = control;
  }

  @Override
  public @Nullable CommandId steer(
      ThreadRun run, MessageId message, String text, String by, Instant now) {
    return run.takesInput() ? control.steer(run, text, by, now) : null;
  }
}
