package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * One of the answers that an engine offers.
 *
 * @param id the engine's own
 * @param label for people
 */
public record ApprovalOption(String id, String label, Kind kind) {

  /**
   * What an option means.
   *
   * <p>A kind of the future reads as other: it can be chosen, but is taken for nothing else.
   */
  public enum Kind {
    @JsonProperty("allow_once")
    ALLOW_ONCE,
    /** For as long as this session runs. */
    @JsonProperty("allow_session")
    ALLOW_SESSION,
    @JsonProperty("allow_always")
    ALLOW_ALWAYS,
    @JsonProperty("reject_once")
    REJECT_ONCE,
    @JsonProperty("reject_always")
    REJECT_ALWAYS,
    /** An answer to a question. */
    @JsonProperty("answer")
    ANSWER,
    @JsonEnumDefaultValue
    @JsonProperty("other")
    OTHER;

    /** The form on the wire and in every API. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it says no. */
    public boolean rejects() {
      return this == REJECT_ONCE || this == REJECT_ALWAYS;
    }
  }
}
