package dev.heddle.session.backlog;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the backlog is released.
 *
 * @param batch offers made in one transaction at most; default 200
 * @param sweep how often to look without being told to, which only repairs crashes; default 5 s
 */
@ConfigurationProperties("heddle.session.release")
record ReleaseSettings(@DefaultValue("200") int batch, @DefaultValue("5s") Duration sweep) {

  ReleaseSettings {
    if (batch < 1 || batch > 2000) {
      throw new IllegalArgumentException(
          "heddle.session.release.batch must be 1 to 2000, but is " + batch);
    }
    if (sweep.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException(
          "heddle.session.release.sweep must be at least 100ms, but is " + sweep);
    }
  }
}
