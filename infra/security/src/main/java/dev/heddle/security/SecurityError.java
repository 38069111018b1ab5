package dev.heddle.security;

import dev.heddle.rest.ErrorCode;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/** Refusals at the door. */
public enum SecurityError implements ErrorCode {
  /** No token, or one that is not accepted. */
  UNAUTHENTICATED(HttpStatus.UNAUTHORIZED, "A valid token is required"),
  /** The token is accepted, its roles are not enough. */
  FORBIDDEN(HttpStatus.FORBIDDEN, "Your role does not allow this");

  private final HttpStatus status;
  private final String title;

  SecurityError(HttpStatus status, String title) {
    this.status = status;
    this.title = title;
  }

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public HttpStatus status() {
    return status;
  }

  @Override
  public String title() {
    return title;
  }
}
