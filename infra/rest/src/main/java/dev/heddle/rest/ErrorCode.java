package dev.heddle.rest;

import org.springframework.http.HttpStatus;

/**
 * A kind of failure that a client can rely on. Each service has one enum of its own; the codes that
 * every door shares are in {@link RestError}.
 */
public interface ErrorCode {

  /** The stable, machine-readable name in snake case, such as {@code thread_archived}. */
  String code();

  /** The HTTP status that carries this failure. */
  HttpStatus status();

  /** A short sentence that is the same for every occurrence. */
  String title();
}
