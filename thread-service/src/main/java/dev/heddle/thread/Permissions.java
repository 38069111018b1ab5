package dev.heddle.thread;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.rest.ProblemException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How the permission of an engine is said in a request. */
public final class Permissions {

  private Permissions() {}

  /**
   * Reads what a client said; null where it said nothing.
   *
   * @throws ProblemException {@code invalid_permission}
   */
  public static @Nullable PermissionPosture of(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return Arrays.stream(PermissionPosture.values())
        .filter(posture -> posture.wire().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new ProblemException(
                ThreadError.INVALID_PERMISSION,
                "permission must be one of "
                    + Arrays.stream(PermissionPosture.values())
                        .map(PermissionPosture::wire)
                        .collect(Collectors.joining(", "))));
  }

  /** As a client is told of it. */
  public static @Nullable String text(@Nullable PermissionPosture posture) {
    return posture == null ? null : posture.wire();
  }
}
