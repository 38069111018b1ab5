package dev.heddle.contracts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a person has set for all of their runs, on {@link Topics#USER_CHANGED}.
 *
 * @param version rises with every change
 * @param permission what engines may do without asking, where nothing closer to the run says it;
 *     null where the person said nothing
 */
public record UserChanged(
    String user, long version, @Nullable PermissionPosture permission, Instant at)
    implements Keyed {

  /** The person. */
  @Override
  public String key() {
    return user;
  }
}
