package dev.heddle.rest;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A failure that the client is told about in full, as an RFC 9457 problem. */
public class ProblemException extends RuntimeException {
  private final transient ErrorCode code;
  private final transient Map<String, Object> properties = new LinkedHashMap<>();
  private @Nullable Duration retryAfter;

  /**
   * @param detail what was wrong with which input and what to do; shown to the client as it is
   */
  public ProblemException(ErrorCode code, String detail) {
    super(detail);
    this.code = code;
  }

  public ProblemException(ErrorCode code, String detail, Throwable cause) {
    super(detail, cause);
    this.code = code;
  }

  /** Adds a member to the problem, such as the id of what was not found. */
  public ProblemException with(String property, Object value) {
    properties.put(property, value);
    return this;
  }

  /** Adds a {@code Retry-After} header, in whole seconds and at least one. */
  public ProblemException retryAfter(Duration delay) {
    this.retryAfter = delay;
    return this;
  }

  /** What kind of failure this is. */
  public ErrorCode code() {
    return code;
  }

  /** The sentence that the client reads. */
  public String detail() {
    return String.valueOf(getMessage());
  }

  /** The additional members of the problem. */
  public Map<String, Object> properties() {
    return Collections.unmodifiableMap(properties);
  }

  /** When the client should try again, if that makes sense. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
