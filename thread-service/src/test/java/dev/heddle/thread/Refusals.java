package dev.heddle.thread;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.rest.ErrorCode;
import dev.heddle.rest.ProblemException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts that something is refused with its code. */
public final class Refusals {

  private Refusals() {}

  public static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      ErrorCode expected, ThrowingCallable action) {
    return assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem ->
                org.assertj.core.api.Assertions.assertThat(problem.code()).isEqualTo(expected));
  }
}
