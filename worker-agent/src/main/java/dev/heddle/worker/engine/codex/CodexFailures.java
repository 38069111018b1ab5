package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.Failure;
import dev.heddle.worker.engine.wire.EngineFailures;

/** The errors of Codex in the codes of every engine. */
final class CodexFailures {

  private CodexFailures() {}

  static Failure of(TurnError error) {
    String text = error.text();
    return switch (error.kind()) {
      case "usageLimitExceeded", "rateLimitExceeded", "serverOverloaded", "flexUnavailable" ->
          EngineFailures.ofApi(429, text);
      case "unauthorized" -> EngineFailures.ofApi(401, text);
      case "cyberPolicy", "misalignmentPolicyViolation", "inferenceHookDenied", "tooManyDenials" ->
          new Failure(EngineFailures.REFUSED, "the model refuses: " + text, false);
      case "internalServerError" -> EngineFailures.ofApi(500, text);
      case "httpConnectionFailed", "responseStreamConnectionFailed", "responseTooManyFailedAttempts" ->
          EngineFailures.ofApi(error.httpStatus(), text);
      case "responseStreamDisconnected" -> EngineFailures.streamCut(text);
      // What is asked will not be answered another time either.
      default -> EngineFailures.ofApi(400, text);
    };
  }
}
