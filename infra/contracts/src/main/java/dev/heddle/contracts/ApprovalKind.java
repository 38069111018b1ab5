package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What an engine wants of a person.
 *
 * <p>A kind of the future reads as a question, which no stored rule answers.
 */
public enum ApprovalKind {
  /** Leave to use a tool. */
  @JsonProperty("approval")
  APPROVAL,
  /** An answer. */
  @JsonEnumDefaultValue
  @JsonProperty("question")
  QUESTION;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
