package dev.heddle.rest;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One of a few values, which a request names. */
public final class Choice {

  private Choice() {}

  /**
   * Reads what a client has named; null where it has named nothing.
   *
   * @param what names the value for people, such as {@code priority}
   * @param wire the form of a value in every API
   * @param code of the refusal
   * @throws ProblemException with that code, and all values there are, where it is none of them
   */
  public static <E extends Enum<E>> @Nullable E of(
      String what, @Nullable String text, Class<E> type, Function<E, String> wire, ErrorCode code) {
    if (text == null) {
      return null;
    }
    E[] all = type.getEnumConstants();
    return Arrays.stream(all)
        .filter(one -> wire.apply(one).equals(text))
        .findFirst()
        .orElseThrow(() ->
            new ProblemException(
                code,
                what
                    + " must be one of "
                    + Arrays.stream(all).map(wire).collect(Collectors.joining(", "))));
  }
}
