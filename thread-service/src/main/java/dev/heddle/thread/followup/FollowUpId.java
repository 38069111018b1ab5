package dev.heddle.thread.followup;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.heddle.contracts.Ids;
import java.util.UUID;

/** Identifies a follow-up. A UUID in the API. */
public record FollowUpId(@JsonValue UUID value) {

  @JsonCreator
  public FollowUpId {}

  /** Reads the canonical text form; throws {@link IllegalArgumentException} on anything else. */
  static FollowUpId of(String text) {
    return new FollowUpId(Ids.parse(text));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
