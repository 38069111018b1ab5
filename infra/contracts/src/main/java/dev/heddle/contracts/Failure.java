package dev.heddle.contracts;

/**
 * Why something failed.
 *
 * @param code stable and machine-readable, {@code snake_case}
 * @param message for people: what went wrong and what can be done
 * @param retryable whether the same thing may succeed later without a change
 */
public record Failure(String code, String message, boolean retryable) {}
