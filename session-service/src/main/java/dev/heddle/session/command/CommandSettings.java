package dev.heddle.session.command;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long workers have to answer.
 *
 * @param answerWithin how long a decision or input is sent again before it expires; a worker of an
 *     older version parks what it does not know, each time; default 2 min
 * @param sweep how often to look for those; default 5 s
 */
@ConfigurationProperties("heddle.session.command")
record CommandSettings(
    @DefaultValue("2m") Duration answerWithin, @DefaultValue("5s") Duration sweep) {

  CommandSettings {
    if (answerWithin.compareTo(Duration.ofSeconds(10)) < 0) {
      throw new IllegalArgumentException(
          "heddle.session.command.answer-within must be at least 10s, but is " + answerWithin);
    }
    if (sweep.compareTo(Duration.ofMillis(10)) < 0) {
      throw new IllegalArgumentException(
          "heddle.session.command.sweep must be at least 10ms, but is " + sweep);
    }
  }
}
