package dev.heddle.worker.workspace;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How the files of git workspaces are kept.
 *
 * @param enabled whether they are
 * @param fileLimit a file that is larger is left out, and left alone by a reset
 */
@ConfigurationProperties("heddle.worker.checkpoint")
public record CheckpointProperties(
    @DefaultValue("true") boolean enabled, @DefaultValue("50MB") DataSize fileLimit) {

  public CheckpointProperties {
    if (fileLimit.toBytes() < 1) {
      throw new IllegalArgumentException(
          "heddle.worker.checkpoint.file-limit must be at least 1B, but is " + fileLimit);
    }
  }
}
