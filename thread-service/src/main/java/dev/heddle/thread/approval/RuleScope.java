package dev.heddle.thread.approval;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** For whose runs a rule decides; a rule of an earlier scope stands over those of later ones. */
enum RuleScope {
  THREAD,
  PROJECT,
  USER;

  /** The form in every API. */
  @JsonValue
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static RuleScope of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
