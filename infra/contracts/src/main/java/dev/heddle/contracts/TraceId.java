package dev.heddle.contracts;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The id under which all services log what one request of a person set off: the trace id of a W3C
 * trace context (level 1), 32 lower-case hexadecimal digits that are not all zero. It travels in
 * the header {@value #HEADER} of HTTP requests and Kafka records alike.
 */
public record TraceId(String value) {

  /** Name of the header, in HTTP and in Kafka. */
  public static final String HEADER = "traceparent";

  /** Under this key every log line of the work carries it. */
  public static final String LOG_KEY = "trace";

  private static final Pattern VALUE = Pattern.compile("(?!0{32})[0-9a-f]{32}");

  /** Version, trace id, parent id, flags; a version after 00 may append what we do not know. */
  private static final Pattern TRACEPARENT =
      Pattern.compile(
          "(?!ff)([0-9a-f]{2})-("
              + VALUE.pattern()
              + ")-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[^\\s]{0,255})?");

  public TraceId {
    if (!VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a trace id is 32 lower-case hexadecimal digits and not all zero");
    }
  }

  /** A new one; random, as the W3C demands, and therefore not from {@link Ids}. */
  public static TraceId random() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    // The low bit keeps it from being all zero.
    return new TraceId(hex(random.nextLong()) + hex(random.nextLong() | 1));
  }

  /** The one that a header names; empty where there is no header, or one that breaks the rules. */
  public static Optional<TraceId> ofHeader(@Nullable String traceparent) {
    if (traceparent == null) {
      return Optional.empty();
    }
    Matcher parts = TRACEPARENT.matcher(traceparent);
    if (!parts.matches() || (parts.group(1).equals("00") && parts.group(3) != null)) {
      return Optional.empty();
    }
    return Optional.of(new TraceId(parts.group(2)));
  }

  /**
   * The header for the next hop, with a parent id of its own as the W3C demands. Marked as sampled:
   * what is logged under the id is the recording.
   */
  public String header() {
    return "00-" + value + "-" + hex(ThreadLocalRandom.current().nextLong() | 1) + "-01";
  }

  @Override
  public String toString() {
    return value;
  }

  private static String hex(long bits) {
    return HexFormat.of().toHexDigits(bits);
  }
}
