package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
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

  @Override
  public String toString() {
    return value;
  }
}
