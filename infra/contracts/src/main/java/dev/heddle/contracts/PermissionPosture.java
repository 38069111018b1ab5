package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What an engine may do without asking anybody. Each engine has settings of its own for it, into
 * which its adapter on the worker translates this.
 *
 * <p>A posture of the future reads as ask.
 */
public enum PermissionPosture {
  /** It reads and plans, and changes nothing. */
  @JsonProperty("plan")
  PLAN,
  /** It asks before it changes anything or runs a program; stored rules answer for people. */
  @JsonEnumDefaultValue
  @JsonProperty("ask")
  ASK,
  /** It changes files of its working directory without asking, and asks for everything else. */
  @JsonProperty("edit")
  EDIT,
  /** It asks for nothing; no stored rule is looked at. */
  @JsonProperty("full")
  FULL;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
