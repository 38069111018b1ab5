package dev.heddle.session.session;

import dev.heddle.contracts.OnLost;

/**
 * When another attempt is made.
 *
 * @param maxAttempts how many attempts a session may use up on losses and passing failures
 * @param onLost what the project wants after its engine had started
 */
public record RetryPolicy(int maxAttempts, OnLost onLost) {}
