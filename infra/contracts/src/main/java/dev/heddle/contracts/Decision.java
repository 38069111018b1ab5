package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a person, a stored rule or the passing of time decided about something that an engine asked.
 *
 * @param optionId the option that was chosen; null where only the verdict was given, which an
 *     engine maps to one of its options by their kinds
 * @param scope for how long it holds
 * @param message to the agent, such as why it is denied
 * @param answer free text in answer to a question
 */
public record Decision(
    ApprovalId approvalId,
    Verdict verdict,
    @Nullable String optionId,
    Scope scope,
    @Nullable String message,
    @Nullable String answer) {

  /**
   * Yes or no; a question that is answered is allowed.
   *
   * <p>A verdict of the future reads as a no.
   */
  public enum Verdict {
    @JsonProperty("allowed")
    ALLOWED,
    @JsonEnumDefaultValue
    @JsonProperty("denied")
    DENIED;

    /** The form on the wire and in every API. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * For what else a decision holds.
   *
   * <p>A scope of the future reads as once.
   */
  public enum Scope {
    @JsonEnumDefaultValue
    @JsonProperty("once")
    ONCE,
    /** For as long as this session runs; the engine remembers it, where it can. */
    @JsonProperty("session")
    SESSION,
    /** Always for this thread; kept as a rule. */
    @JsonProperty("thread")
    THREAD,
    /** Always for this project; kept as a rule. */
    @JsonProperty("project")
    PROJECT;

    /** The form on the wire and in every API. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
