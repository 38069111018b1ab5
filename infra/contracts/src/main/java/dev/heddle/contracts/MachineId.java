package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names a machine: a lower-case name that people choose, by default its host name. 1 to 63
 * characters of {@code a-z 0-9 . _ -}, beginning with a letter or a digit.
 */
public record MachineId(@JsonValue String value) {

  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  @JsonCreator
  public MachineId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "machine id must be 1 to 63 characters of a-z 0-9 . _ - and begin with a letter or digit");
    }
  }

  /** The name of a machine for which people chose none; {@code worker} where nothing is left. */
  public static MachineId ofHost(String hostName) {
    String name =
        hostName
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]", "-")
            .replaceAll("^[^a-z0-9]+", "");
    return new MachineId(
        name.isEmpty() ? "worker" : name.substring(0, Math.min(63, name.length())));
  }

  @Override
  public String toString() {
    return value;
  }
}
