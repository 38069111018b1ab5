package dev.heddle.local;

/**
 * How much is to be started.
 *
 * @param port the gateway's port
 * @param workers how many workers
 * @param slots how many sessions each worker runs at once
 * @param replicas how many of each service behind the gateway, which itself is one
 */
public record LaunchSize(int port, int workers, int slots, int replicas) {

  /** The gateway's port, when nothing else is said. */
  public static final int DEFAULT_PORT = 8080;

  /** How many workers, when nothing else is said. */
  public static final int DEFAULT_WORKERS = 1;

  /** Sessions at once per worker, when nothing else is said. */
  public static final int DEFAULT_SLOTS = 4;

  /** How many of each service, when nothing else is said. */
  public static final int DEFAULT_REPLICAS = 1;

  /** One of everything, behind this port. */
  public static LaunchSize usual(int port) {
    return new LaunchSize(port, DEFAULT_WORKERS, DEFAULT_SLOTS, DEFAULT_REPLICAS);
  }
}
