package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * What a run is for.
 *
 * <p>A purpose of the future reads as a turn.
 */
public enum RunPurpose {
  /** It answers a message. */
  @JsonEnumDefaultValue
  @JsonProperty("turn")
  TURN,
  /** It sums up the conversation, and reports that by {@link SessionFact.CompactionReported}. */
  @JsonProperty("compaction")
  COMPACTION,
  /**
   * It starts no engine, but puts the files back to {@link Continuation#resetTo}, and reports that
   * by {@link SessionFact.CheckpointRestored}.
   */
  @JsonProperty("reset")
  RESET,
  /**
   * It starts no engine, but does {@link Continuation#action} with the repository of the workspace.
   */
  @JsonProperty("repository")
  REPOSITORY;

  /** The form on the wire and in every API. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
