package dev.heddle.session;

import dev.heddle.contracts.Ids;
import dev.heddle.messaging.DispatchStage;
import dev.heddle.messaging.DispatchTimes;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneOffset;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts session-service. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class SessionServiceApplication {

  public static void main(String[] arguments) {
    SpringApplication.run(SessionServiceApplication.class, arguments);
  }

  /** Time and ids come from here alone, so that tests can hold them. */
  @Configuration(proxyBeanMethods = false)
  static class TimeAndIds {

    /** In whole milliseconds, which the wire and the database both keep. */
    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
      return Clock.tickMillis(ZoneOffset.UTC);
    }

    @Bean
    @ConditionalOnMissingBean
    Ticker ticker() {
      return System::nanoTime;
    }

    @Bean
    DispatchTimes dispatchTimes(MeterRegistry meters) {
      return new DispatchTimes(
          meters,
          DispatchStage.ACCEPTED_TO_QUEUED,
          DispatchStage.QUEUED_TO_OFFERED,
          DispatchStage.OFFERED_TO_CLAIMED);
    }

    @Bean
    Ids ids(Clock clock) {
      return new Ids(clock, new SecureRandom());
    }
  }
}
