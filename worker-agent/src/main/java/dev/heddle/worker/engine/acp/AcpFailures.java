package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.Failure;
import dev.heddle.worker.engine.wire.EngineFailures;
import dev.heddle.worker.engine.wire.RpcException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Failures of agents, who tell them in words. */
final class AcpFailures {

  /** Of the protocol: whoever is to work must sign in first. */
  private static final int AUTH_REQUIRED = -32000;

  private static final int UNAUTHORISED = 401;
  private static final int TOO_MANY_REQUESTS = 429;

  /** The setting that a session wants is not one of this agent's. */
  private static final String SETTING_UNKNOWN = "engine_setting_unknown";

  private static final Pattern STATUS = Pattern.compile("(?<![\\d.:])[45]\\d\\d(?![\\d.])");

  private AcpFailures() {}

  /** A request that an agent refused. */
  static Failure of(RpcException refusal) {
    String data = refusal.data().isMissingNode() ? "" : " " + refusal.data();
    return refusal.code() == AUTH_REQUIRED
        ? EngineFailures.ofApi(UNAUTHORISED, String.valueOf(refusal.getMessage()))
        : ofWords(refusal.getMessage() + data);
  }

  static boolean wantsSignIn(RpcException refusal) {
    return refusal.code() == AUTH_REQUIRED;
  }

  /** An error of the model's side, in the words of the agent. */
  static Failure ofWords(String words) {
    Matcher status = STATUS.matcher(words);
    if (status.find()) {
      return EngineFailures.ofApi(Integer.parseInt(status.group()), words);
    }
    String lower = words.toLowerCase(Locale.ROOT);
    if (lower.contains("rate limit") || lower.contains("too many requests")) {
      return EngineFailures.ofApi(TOO_MANY_REQUESTS, words);
    }
    return Stream.of("stream", "socket", "econnreset", "terminated", "connection")
            .anyMatch(lower::contains)
        ? EngineFailures.streamCut(words)
        : EngineFailures.ofApi(0, words);
  }

  static Failure settingUnknown(String agent, String why) {
    return new Failure(SETTING_UNKNOWN, "%s: %s".formatted(agent, why), false);
  }
}
