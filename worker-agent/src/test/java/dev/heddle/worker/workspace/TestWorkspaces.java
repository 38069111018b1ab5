package dev.heddle.worker.workspace;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.util.unit.DataSize;

/** Workspaces as tests want them. */
public final class TestWorkspaces {

  /** Of a file that is in a checkpoint. */
  static final int FILE_LIMIT = 64 * 1024;

  private TestWorkspaces() {}

  /** On a disk that is never too full, and with a {@code gh} where a test puts one in the home. */
  public static Workspaces in(Path home, Duration cloneTimeout, InstantSource clock)
      throws IOException {
    return in(home, properties(cloneTimeout, 0, 0, home.resolve("gh").toString()), clock);
  }

  static Workspaces in(Path home, WorkspaceProperties properties, InstantSource clock)
      throws IOException {
    return new Workspaces(
        home,
        properties,
        new CheckpointProperties(true, DataSize.ofBytes(FILE_LIMIT), Duration.ofSeconds(20)),
        clock);
  }

  /** Those that may take so many bytes. */
  public static Workspaces within(Path home, long quota, InstantSource clock) throws IOException {
    return in(home, properties(Duration.ofMinutes(1), 0, quota, "gh"), clock);
  }

  static WorkspaceProperties properties(Duration cloneTimeout, long minFree) {
    return properties(cloneTimeout, minFree, 0, "gh");
  }

  private static WorkspaceProperties properties(
      Duration cloneTimeout, long minFree, long quota, String forgeCommand) {
    return new WorkspaceProperties(
        Duration.ofSeconds(10),
        cloneTimeout,
        Duration.ofSeconds(20),
        DataSize.ofBytes(minFree),
        Duration.ofDays(30),
        Duration.ofDays(7),
        DataSize.ofBytes(quota),
        forgeCommand);
  }
}
