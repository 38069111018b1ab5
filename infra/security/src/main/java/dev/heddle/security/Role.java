package dev.heddle.security;

import java.util.Locale;

/** What a person may do. Each role includes the ones before it. */
public enum Role {
  /** Reads. */
  VIEWER,
  /** Dispatches, answers, cancels: every change that is part of the daily work. */
  OPERATOR,
  /** Everything, such as removing projects and changing limits. */
  ADMIN;

  /** The name in tokens, such as {@code viewer}. */
  public String claim() {
    return name().toLowerCase(Locale.ROOT);
  }

  String authority() {
    return "ROLE_" + name();
  }
}
