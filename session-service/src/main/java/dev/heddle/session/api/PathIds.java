package dev.heddle.session.api;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;

/** Ids as clients write them. */
final class PathIds {

  private PathIds() {}

  static SessionId session(String text) {
    try {
      return SessionId.of(text);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          SessionError.INVALID_SESSION, "a session is addressed by its UUID of 36 characters");
    }
  }

  static ThreadId thread(String text) {
    try {
      return ThreadId.of(text);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          SessionError.INVALID_THREAD, "a thread is addressed by its UUID of 36 characters");
    }
  }

  static MachineId machine(String text) {
    try {
      return new MachineId(text);
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          SessionError.INVALID_MACHINE, String.valueOf(malformed.getMessage()));
    }
  }
}
