package dev.heddle.rest;

import org.springframework.http.HttpStatus;

/** The failures that look the same at every door of Heddle. */
public enum RestError implements ErrorCode {
  /** A request that cannot be understood and fits no better code. */
  BAD_REQUEST(HttpStatus.BAD_REQUEST, "The request is not valid"),
  /** The body is not JSON, or there is none; {@code line} and {@code column} say where. */
  MALFORMED_JSON(HttpStatus.BAD_REQUEST, "The body is not valid JSON"),
  /** One or more fields break a rule; {@code errors} lists them. */
  VALIDATION_FAILED(HttpStatus.BAD_REQUEST, "The request breaks a rule"),
  /** A path or query parameter or a header has the wrong form. */
  INVALID_PARAMETER(HttpStatus.BAD_REQUEST, "A parameter has the wrong form"),
  /** A parameter, header or cookie that the operation needs is absent. */
  MISSING_PARAMETER(HttpStatus.BAD_REQUEST, "A parameter is missing"),
  /** The page cursor was not made by this operation. */
  BAD_CURSOR(HttpStatus.BAD_REQUEST, "The cursor is not valid"),
  /** The idempotency key is empty, too long, or holds characters other than visible ASCII. */
  BAD_IDEMPOTENCY_KEY(HttpStatus.BAD_REQUEST, "The idempotency key is not valid"),
  /** No operation has this path. */
  NOT_FOUND(HttpStatus.NOT_FOUND, "There is nothing at this address"),
  /** The path exists, the method does not; the {@code Allow} header lists those that do. */
  METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "The method is not supported here"),
  /** The client accepts none of the media types that the operation can produce. */
  NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "No acceptable media type"),
  /** The row was changed by someone else since it was read. */
  VERSION_CONFLICT(HttpStatus.CONFLICT, "It was changed at the same time by another request"),
  /** A unique value is taken. */
  ALREADY_EXISTS(HttpStatus.CONFLICT, "It exists already"),
  /** A request with the same idempotency key is still running. */
  REQUEST_IN_PROGRESS(HttpStatus.CONFLICT, "The same request is still being worked on"),
  /** The body is larger than the door accepts. */
  PAYLOAD_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The request body is too large"),
  /** The body has a media type that the operation does not read. */
  UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "The media type is not supported"),
  /** The idempotency key was used before for another request. */
  IDEMPOTENCY_KEY_REUSED(
      HttpStatus.UNPROCESSABLE_CONTENT, "The idempotency key belongs to another request"),
  /** A defect; {@code errorId} names the log line that holds the cause. */
  INTERNAL(HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side"),
  /** The database cannot be reached. */
  DATABASE_UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The database is not available"),
  /** The database gave up on a lock, a deadlock or a serialization conflict. */
  DATABASE_BUSY(HttpStatus.SERVICE_UNAVAILABLE, "The database is busy"),
  /** The service cannot answer now. */
  UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "The service is not available");

  private final Meaning meaning;

  RestError(HttpStatus status, String title) {
    meaning = new Meaning(status, title);
  }

  @Override
  public Meaning meaning() {
    return meaning;
  }
}
