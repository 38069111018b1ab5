package dev.heddle.testkit.model;

/**
 * Tokens, as a model's side counts them.
 *
 * @param input including those read from a cache
 * @param cached the part of the input that came from a cache
 */
public record Served(long input, long cached, long output) {

  public static final Served NOTHING = new Served(0, 0, 0);

  /** Both together. */
  public Served plus(Served other) {
    return new Served(input + other.input, cached + other.cached, output + other.output);
  }
}
