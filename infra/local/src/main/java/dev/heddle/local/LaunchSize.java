package dev.heddle.local;

/**
 * How much is to be started.
 *
 * @param port the gateway's port
 * @param workers how many workers
 * @param slots how many sessions each worker runs at once
 */
public record LaunchSize(int port, int workers, int slots) {

  /** The gateway's port, when nothing else is said. */
  public static final int DEFAULT_PORT = 8080;

  /** How many workers, when nothing else is said. */
  public static final int DEFAULT_WORKERS = 1;

  /** Sessions at once per worker, when nothing else is said. */
  public static final int DEFAULT_SLOTS = 4;
}
