package dev.heddle.gateway;

import dev.heddle.rest.ErrorCode;
import org.springframework.http.HttpStatus;

/** What can go wrong between a client and a service. */
enum GatewayError implements ErrorCode {
  /** The service does not listen. */
  UPSTREAM_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "A service is not running"),
  /** The service took too long. */
  UPSTREAM_TIMEOUT(HttpStatus.GATEWAY_TIMEOUT, "A service took too long"),
  /** The service hung up in the middle, or answered what cannot be passed on. */
  UPSTREAM_FAILED(HttpStatus.BAD_GATEWAY, "A service did not answer properly"),
  /** The caller sends faster than it may. */
  RATE_LIMITED(HttpStatus.TOO_MANY_REQUESTS, "Too many requests"),
  /** As many streams are open as may be. */
  TOO_MANY_STREAMS(HttpStatus.SERVICE_UNAVAILABLE, "Too many live streams"),
  /** A path that is written so as to mean two things. */
  AMBIGUOUS_PATH(HttpStatus.BAD_REQUEST, "The path is not accepted"),
  /** A write that is signed in by cookie, and was not made by our own page. */
  FORGED_REQUEST(HttpStatus.FORBIDDEN, "The request is not the dashboard's own"),
  /** A browser page of an origin that is not allowed. */
  ORIGIN_REFUSED(HttpStatus.FORBIDDEN, "The origin is not allowed");

  private final Meaning meaning;

  GatewayError(HttpStatus status, String title) {
    meaning = new Meaning(status, title);
  }

  @Override
  public Meaning meaning() {
    return meaning;
  }
}
