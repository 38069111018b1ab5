package dev.heddle.security;

import dev.heddle.rest.ErrorCode;
import org.springframework.http.HttpStatus;

/** Refusals at the door. */
public enum SecurityError implements ErrorCode {
  /** No token, or one that is not accepted. */
  UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "A valid token is required"),
  /** The token is accepted, its roles are not enough. */
  FORBIDDEN(HttpStatus.FORBIDDEN, "Your role does not allow this");

  private final Meaning meaning;

  SecurityError(HttpStatus status, String title) {
    meaning = new Meaning(status, title);
  }

  @Override
  public Meaning meaning() {
    return meaning;
  }
}
