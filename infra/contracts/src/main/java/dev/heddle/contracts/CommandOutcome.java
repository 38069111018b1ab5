package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a command ended that was asked for under its id. Each ends once; told again, it is the same.
 *
 * @param reason for people; null where it was accepted
 */
public record CommandOutcome(CommandId commandId, Result result, @Nullable String reason) {

  /**
   * What became of it.
   *
   * <p>A result of the future reads as rejected.
   */
  public enum Result {
    /** The worker took it up. */
    @JsonProperty("accepted")
    ACCEPTED,
    @JsonEnumDefaultValue
    @JsonProperty("rejected")
    REJECTED,
    /** What it was for ended, or too much time passed, before it was answered. */
    @JsonProperty("expired")
    EXPIRED;

    /** The form on the wire and in every API. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
