package dev.heddle.worker.workspace;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How the files of git workspaces are kept.
 *
 * @param enabled whether they are
 * @param fileLimit a file that is larger is left out, and left alone by a reset
 * @param remoteTimeout how long it may take to push one to the remote, or to fetch it
 */
@ConfigurationProperties("heddle.worker.checkpoint")
public record CheckpointProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("50MB") DataSize fileLimit,
    @DefaultValue("60s") Duration remoteTimeout) {

  public CheckpointProperties {
    if (fileLimit.toBytes() < 1) {
      throw new IllegalArgumentException(
          "heddle.worker.checkpoint.file-limit must be at least 1B, but is " + fileLimit);
    }
    if (!remoteTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "heddle.worker.checkpoint.remote-timeout must be positive, but is " + remoteTimeout);
    }
  }
}
