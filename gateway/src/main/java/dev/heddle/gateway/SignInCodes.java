package dev.heddle.gateway;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Codes that sign a browser in once, for the link that {@code heddle up} prints. They live in this
 * process alone: one that was made before a restart is worth nothing after it.
 */
final class SignInCodes {
  static final Duration VALID = Duration.ofMinutes(10);

  private static final int RANDOM_BYTES = 24;

  /** Whoever holds the token could otherwise fill the memory; the oldest goes first. */
  private static final int MOST = 100;

  /** A code, and until when it is worth something. */
  record Code(String code, Instant expiresAt) {}

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Instant> open =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MOST;
        }
      };

  SignInCodes(Clock clock) {
    this.clock = clock;
  }

  synchronized Code make() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String code = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Instant expiresAt = clock.instant().plus(VALID);
    // Only the hash is kept, and looked up: how long that takes tells nothing about a code.
    open.put(LocalToken.fingerprint(code), expiresAt);
    return new Code(code, expiresAt);
  }

  /** Whether it is a code that is still worth something; from now on it is not. */
  synchronized boolean redeem(String code) {
    Instant expiresAt = open.remove(LocalToken.fingerprint(code));
    return expiresAt != null && clock.instant().isBefore(expiresAt);
  }
}
