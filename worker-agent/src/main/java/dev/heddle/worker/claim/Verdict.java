package dev.heddle.worker.claim;

/** What a grant leads to. */
sealed interface Verdict {

  /**
   * Run it.
   *
   * @param deadline until when without a further tick, in milliseconds since boot; fixed together
   *     with the verdict, since a lapse may come right after it
   */
  record Begin(long deadline) implements Verdict {}

  /** It ran before the worker was cut off, and may go on. */
  record GoOn() implements Verdict {}

  /** It is known already, or cannot be believed. */
  record Nothing() implements Verdict {}

  /** It cannot be run here under that lease. */
  record Unusable(String reason) implements Verdict {}
}
