package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import java.util.UUID;

/** Identifies a session, one executable run. A UUID on the wire. */
public record SessionId(@JsonValue UUID value) {

  /** Under this key every log line of the session's work carries it. */
  public static final String LOG_KEY = "session";

  @JsonCreator
  public SessionId {
    Objects.requireNonNull(value, "value");
  }

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  public static SessionId of(String text) {
    return new SessionId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
