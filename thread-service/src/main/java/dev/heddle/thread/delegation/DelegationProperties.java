package dev.heddle.thread.delegation;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How far threads may delegate. What is there already stays when a limit is lowered.
 *
 * @param maxDepth the longest line below a root; default 3
 * @param maxChildren threads that may work for one directly; default 16
 * @param maxTree threads of a root together, with it; default 64
 * @param every how often to look for tasks of engines that a crash has left undone; default 5 s
 */
@ConfigurationProperties("heddle.thread.delegation")
record DelegationProperties(
    @DefaultValue("3") int maxDepth,
    @DefaultValue("16") int maxChildren,
    @DefaultValue("64") int maxTree,
    @DefaultValue("5s") Duration every) {

  /** A list of children is shown as a whole, and a tree is locked as one. */
  private static final int MOST = 1000;

  DelegationProperties {
    requireBetween("heddle.thread.delegation.max-depth", 1, maxDepth);
    requireBetween("heddle.thread.delegation.max-children", 1, maxChildren);
    requireBetween("heddle.thread.delegation.max-tree", 2, maxTree);
    if (every.isNegative() || every.isZero()) {
      throw new IllegalArgumentException(
          "heddle.thread.delegation.every must be longer than zero, but is " + every);
    }
  }

  private static void requireBetween(String key, int least, int value) {
    if (value < least || value > MOST) {
      throw new IllegalArgumentException(
          key + " must be between " + least + " and " + MOST + ", but is " + value);
    }
  }
}
