package dev.heddle.security;

import java.time.Duration;

/**
 * The shape of the token by which the gateway tells a service who is calling: a JWT signed with
 * RS256, with {@code sub} and a list {@code roles}.
 */
public final class IdentityToken {
  /** The only accepted {@code iss}. */
  public static final String ISSUER = "heddle-gateway";

  /** The only accepted {@code aud}. */
  public static final String AUDIENCE = "heddle";

  /** The claim that lists the roles. */
  public static final String ROLES = "roles";

  /** No token is valid for longer, counted from {@code iat} to {@code exp}. */
  public static final Duration LONGEST_LIFE = Duration.ofMinutes(5);

  /** How far the clocks of gateway and service may be apart. */
  static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

  private IdentityToken() {}
}
