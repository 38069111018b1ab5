package dev.heddle.security;

import java.util.Set;

/**
 * Who sent the request, as the gateway signed it; ask for it as a controller argument.
 *
 * @param name the user, {@code local} in local mode
 * @param roles as in the token: {@code viewer}, {@code operator}, {@code admin}
 */
public record Caller(String name, Set<String> roles) {
  public Caller {
    roles = Set.copyOf(roles);
  }

  /** Whether one of the roles is this one or includes it. */
  public boolean has(Role wanted) {
    for (Role role : Role.values()) {
      if (role.compareTo(wanted) >= 0 && roles.contains(role.claim())) {
        return true;
      }
    }
    return false;
  }
}
