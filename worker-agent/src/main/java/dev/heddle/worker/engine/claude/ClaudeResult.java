package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.Failure;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.Fields;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How a turn ended, by its line {@code result}. */
final class ClaudeResult {

  private static final String NO_CONVERSATION = "No conversation found";

  /** A connection may break before the first word of an answer is passed on. */
  private static final Pattern CONNECTION_LOST =
      Pattern.compile("Connection dropped|ECONNRESET|stream_truncated");

  private ClaudeResult() {}

  /**
   * Why it failed; null where it did not. An error of the model's side comes as a success that is
   * an error.
   *
   * @param session that was to go on; null where one began
   * @param error the kind of the last error of the model's side
   * @param brokeOff whether the model's last message has no end
   */
  static @Nullable Failure failure(
      JsonNode result, @Nullable String session, @Nullable String error, boolean brokeOff) {
    String subtype = Fields.text(result, "subtype", "");
    if (subtype.equals("success") && !Fields.flag(result, "is_error")) {
      return "refusal".equals(Fields.text(result, "stop_reason"))
          ? new Failure(
              EngineFailures.REFUSED, "the model refuses to go on: " + words(result), false)
          : null;
    }
    String words = words(result);
    if (session != null && words.contains(NO_CONVERSATION)) {
      return EngineFailures.sessionUnknown(session);
    }
    if (subtype.equals("success") || "api_error".equals(Fields.text(result, "terminal_reason"))) {
      return ofApi((int) Fields.number(result, "api_error_status"), words, error, brokeOff);
    }
    if (subtype.startsWith("error_max")) {
      return new Failure(
          EngineFailures.REFUSED, "the engine stopped at a limit of its own: " + words, false);
    }
    return new Failure(
        EngineFailures.FAILED, "the engine failed (%s): %s".formatted(subtype, words), false);
  }

  /**
   * Why it is of no use to wait for it, by its line {@code api_retry}: it asks ten times in some
   * minutes, and a key that was refused twice is wrong. Once it may have been renewed meanwhile.
   *
   * @return null where it may succeed
   */
  static @Nullable Failure hopeless(JsonNode retry) {
    long status = Fields.number(retry, "error_status");
    return (status == 401 || status == 403) && Fields.number(retry, "attempt") > 1
        ? EngineFailures.ofApi(
            (int) status,
            "HTTP %d, %s".formatted(status, Fields.text(retry, "error", "no reason was given")))
        : null;
  }

  private static Failure ofApi(int status, String words, @Nullable String error, boolean brokeOff) {
    return switch (error) {
      case "authentication_failed",
          "oauth_org_not_allowed",
          "account_on_hold",
          "verification_required" ->
          EngineFailures.ofApi(401, words);
      case "rate_limit", "overloaded" -> EngineFailures.ofApi(429, words);
      case null, default ->
          status == 0 && (brokeOff || CONNECTION_LOST.matcher(words).find())
              ? EngineFailures.streamCut(words)
              : EngineFailures.ofApi(status, words);
    };
  }

  /** As {@link #failure}, of a process that ended without a result. */
  static boolean saysNoConversation(Iterable<String> errors) {
    for (String line : errors) {
      if (line.contains(NO_CONVERSATION)) {
        return true;
      }
    }
    return false;
  }

  private static String words(JsonNode result) {
    String text = Fields.text(result, "result");
    return text == null
        ? Fields.list(result, "errors").stream()
            .filter(JsonNode::isString)
            .map(JsonNode::stringValue)
            .collect(Collectors.joining("; "))
        : text;
  }
}
