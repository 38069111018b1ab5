package dev.heddle.rest;

import com.google.errorprone.annotations.Immutable;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * A kind of failure that a client can rely on. Each service has one enum of its own; the codes that
 * every door shares are in {@link RestError}.
 */
public interface ErrorCode {

  /**
   * What a code stands for.
   *
   * @param status the HTTP status that carries this failure
   * @param title a short sentence that is the same for every occurrence
   */
  @Immutable
  record Meaning(HttpStatus status, String title) {}

  /** The code in upper case: the name of an enum's constant. */
  String name();

  /** What it stands for. */
  Meaning meaning();

  /** The stable, machine-readable name in snake case, such as {@code thread_archived}. */
  default String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The HTTP status that carries this failure. */
  default HttpStatus status() {
    return meaning().status();
  }

  /** A short sentence that is the same for every occurrence. */
  default String title() {
    return meaning().title();
  }
}
