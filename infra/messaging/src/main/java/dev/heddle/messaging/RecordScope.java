package dev.heddle.messaging;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** What a record that nobody can take belongs to, as far as it can be told. */
final class RecordScope {

  private RecordScope() {}

  /** By what the payload says of itself, whatever its type; failing that by the key. */
  static LogScope of(TraceId trace, String topic, @Nullable String key, byte @Nullable [] payload) {
    JsonNode said = said(payload);
    SessionId session = id(said.path("sessionId").asString(""), SessionId::of);
    ThreadId thread = id(said.path("threadId").asString(""), ThreadId::of);
    if (session == null && thread == null && key != null) {
      String kind = keyOf(topic);
      session = kind.equals(SessionId.LOG_KEY) ? id(key, SessionId::of) : null;
      thread = kind.equals(ThreadId.LOG_KEY) ? id(key, ThreadId::of) : null;
    }
    LogScope scope = LogScope.of(trace);
    if (session != null) {
      return scope.session(session, thread, said.path("attempt").asInt(0));
    }
    return thread == null ? scope : scope.thread(thread);
  }

  private static JsonNode said(byte @Nullable [] payload) {
    try {
      return payload == null ? MissingNode.getInstance() : JsonMapper.shared().readTree(payload);
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }

  private static <T> @Nullable T id(String text, Function<String, T> read) {
    try {
      return read.apply(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String keyOf(String topic) {
    return Topics.ALL.stream()
        .filter(one -> one.name().equals(topic))
        .map(Topic::key)
        .findFirst()
        .orElse("");
  }
}
