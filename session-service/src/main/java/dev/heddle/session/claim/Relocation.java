package dev.heddle.session.claim;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MachineState;
import dev.heddle.session.machine.Machine;
import dev.heddle.session.session.Home;
import dev.heddle.session.session.Session;
import org.jspecify.annotations.Nullable;

/** A session goes on at another machine than the one that has what it goes on with. */
final class Relocation {

  private Relocation() {}

  /**
   * What people are told of that.
   *
   * @param had the machine that has it; null where it is not registered
   */
  static String note(Session session, MachineId to, Home home, @Nullable Machine had) {
    return "continues on %s from its transcript: %s, which has its state, %s"
        .formatted(to, home.machine(), why(session, had));
  }

  private static String why(Session session, @Nullable Machine had) {
    if (session.request().requirements().machine() != null) {
      return "was not asked for";
    }
    if (had == null) {
      return "is unknown";
    }
    return had.shown() == MachineState.ONLINE
        ? "did not take it in time"
        : "is " + had.shown().wire();
  }
}
