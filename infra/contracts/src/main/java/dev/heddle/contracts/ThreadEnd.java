package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * Why a thread is not worked on any more.
 *
 * <p>An end of the future reads as archived, which a person may take back.
 */
public enum ThreadEnd {
  @JsonProperty("deleted")
  DELETED,
  @JsonEnumDefaultValue
  @JsonProperty("archived")
  ARCHIVED;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
