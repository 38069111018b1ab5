package dev.heddle.thread.delegation;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How far threads may delegate. What is there already stays when a limit is lowered.
 *
 * @param maxDepth the longest line below a root; default 3
 * @param maxChildren threads that may work for one directly; default 16
 * @param maxTree threads of a root together, with it; default 64
 */
@ConfigurationProperties("heddle.thread.delegation")
record DelegationProperties(
    @DefaultValue("3") int maxDepth,
    @DefaultValue("16") int maxChildren,
    @DefaultValue("64") int maxTree) {

  /** A list of children is shown as a whole, and a tree is locked as one. */
  private static final int MOST = 1000;

  DelegationProperties {
    requireBetween("heddle.thread.delegation.max-depth", 1, maxDepth);
    requireBetween("heddle.thread.delegation.max-children", 1, maxChildren);
    requireBetween("heddle.thread.delegation.max-tree", 2, maxTree);
  }

  private static void requireBetween(String key, int least, int value) {
    if (value < least || value > MOST) {
      throw new IllegalArgumentException(
          key + " must be between " + least + " and " + MOST + ", but is " + value);
    }
  }
}
