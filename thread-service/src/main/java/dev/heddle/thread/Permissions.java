package dev.heddle.thread;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.rest.Choice;
import dev.heddle.rest.ProblemException;
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
    return Choice.of(
        "permission",
        text,
        PermissionPosture.class,
        PermissionPosture::wire,
        ThreadError.INVALID_PERMISSION);
  }

  /** As a client is told of it. */
  public static @Nullable String text(@Nullable PermissionPosture posture) {
    return posture == null ? null : posture.wire();
  }
}
