package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/** Identifies a thread, the durable conversation. A UUID on the wire. */
public record ThreadId(@JsonValue UUID value) {

  /** Under this key every log line of the thread's work carries it. */
  public static final String LOG_KEY = "thread";

  @JsonCreator
  public ThreadId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static ThreadId of(String text) {
    return new ThreadId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
