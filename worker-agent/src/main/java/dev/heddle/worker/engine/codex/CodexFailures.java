package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.Failure;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.Fields;
import tools.jackson.core.JacksonException;

/** The errors of Codex in the codes of every engine. */
final class CodexFailures {

  /** How its words begin where a stream broke off for the last time; the word is no more then. */
  private static final String BROKEN_OFF = "stream disconnected before completion";

  private CodexFailures() {}

  static Failure of(TurnError error) {
    String text = words(error.text());
    return switch (error.kind()) {
      case "usageLimitExceeded", "rateLimitExceeded", "serverOverloaded", "flexUnavailable" ->
          EngineFailures.ofApi(429, text);
      case "unauthorized" -> EngineFailures.ofApi(401, text);
      case "cyberPolicy", "misalignmentPolicyViolation", "inferenceHookDenied", "tooManyDenials" ->
          new Failure(EngineFailures.REFUSED, "the model refuses: " + text, false);
      case "internalServerError" -> EngineFailures.ofApi(500, text);
      case "httpConnectionFailed",
          "responseStreamConnectionFailed",
          "responseTooManyFailedAttempts" ->
          EngineFailures.ofApi(error.httpStatus(), text);
      case "responseStreamDisconnected" -> EngineFailures.streamCut(text);
      // What is asked will not be answered another time either.
      default ->
          text.startsWith(BROKEN_OFF)
              ? EngineFailures.streamCut(text)
              : EngineFailures.ofApi(400, text);
    };
  }

  /** Some errors are told as the body of the answer. */
  private static String words(String text) {
    if (!text.startsWith("{")) {
      return text;
    }
    try {
      String message = Fields.text(Wire.MAPPER.readTree(text).path("error"), "message");
      return message == null ? text : message;
    } catch (JacksonException e) {
      return text;
    }
  }
}
