package dev.heddle.thread.delegation;

/**
 * How many threads work for one, directly or not.
 *
 * @param total all of them
 * @param busy those of which a run is not over
 * @param pendingApprovals how many approvals and questions of their runs wait for a person
 */
public record Descendants(int total, int busy, int pendingApprovals) {

  public static final Descendants NONE = new Descendants(0, 0, 0);
}
