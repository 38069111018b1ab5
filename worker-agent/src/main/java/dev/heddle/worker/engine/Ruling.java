package dev.heddle.worker.engine;

import dev.heddle.contracts.Decision;

/** What became of something that an engine asked. */
public sealed interface Ruling {

  /** Somebody has decided. */
  record Decided(Decision decision) implements Ruling {}

  /**
   * Nobody will.
   *
   * @param reason for people
   */
  record Withdrawn(String reason) implements Ruling {}
}
