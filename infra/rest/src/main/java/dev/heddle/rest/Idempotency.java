package dev.heddle.rest;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a repeated request do its work once. The operation is the method and path of the current
 * HTTP request, so one key may serve different operations; outside of a request it is the type of
 * {@code request}.
 *
 * <p>Only success is remembered, in the action's own transaction: if the action throws or the
 * process dies, a repetition runs it again. Answers are kept for {@code
 * heddle.rest.idempotency.keep}.
 */
public interface Idempotency {

  /**
   * Runs the action in a transaction (the caller's, if there is one) and stores its answer, or
   * returns the stored one. A concurrent duplicate waits for the first.
   *
   * @param key the client's {@code Idempotency-Key}; null just runs the action in a transaction
   * @param caller who asks; keys of different callers never meet
   * @param request what is asked, as a record that Jackson can write; the same key with another
   *     request is refused
   * @param responseType what a stored answer is read as
   * @throws ProblemException {@code bad_idempotency_key}, {@code idempotency_key_reused}, or {@code
   *     request_in_progress} when the first request does not end in time
   */
  <T> T once(
      @Nullable String key,
      String caller,
      Object request,
      Class<T> responseType,
      Supplier<T> action);
}
