package dev.heddle.rest;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The codes of the problems that an operation may answer with, for its description. Those that come
 * with a kind of operation (a body, a cursor, an idempotency key, no token) go without saying.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Refuses {

  /** Codes as they are on the wire, such as {@code unknown_thread}. */
  String[] value();
}
