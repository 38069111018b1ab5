package dev.heddle.thread;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The version of a resource as HTTP speaks of it. */
public final class Etag {

  private Etag() {}

  /** The value of the {@code ETag} header. */
  public static String of(long version) {
    return "\"" + version + "\"";
  }

  /**
   * Whether a change may go ahead.
   *
   * @param ifMatch the {@code If-Match} header; null, as {@code *}, matches every version. Marks of
   *     weakness are overlooked, since proxies that compress add them.
   */
  public static boolean matches(@Nullable String ifMatch, long version) {
    return ifMatch == null
        || Arrays.stream(ifMatch.split(","))
            .map(String::strip)
            .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
            .anyMatch(tag -> tag.equals("*") || tag.equals(of(version)));
  }
}
