package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

class SettingsTest {

  @Configuration(proxyBeanMethods = false)
  @ConfigurationPropertiesScan
  static class Settings {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Settings.class);

  private static Stream<String> documented() throws IOException {
    List<PropertySource<?>> yaml =
        new YamlPropertySourceLoader().load("yaml", new ClassPathResource("application.yml"));
    return Stream.of(((EnumerablePropertySource<?>) yaml.getFirst()).getPropertyNames());
  }

  @Test
  void everyKeyIsInTheConfigurationFile() throws IOException {
    assertThat(documented().filter(key -> key.startsWith("heddle.session.")))
        .containsExactlyInAnyOrder(
            "heddle.session.order.urgent-bonus",
            "heddle.session.order.background-malus",
            "heddle.session.offer.validity",
            "heddle.session.offer.record-lock",
            "heddle.session.offer.refusal-pause",
            "heddle.session.release.batch",
            "heddle.session.release.sweep",
            "heddle.session.retry.max-attempts",
            "heddle.session.retry.pause",
            "heddle.session.lease.length",
            "heddle.session.lease.contact",
            "heddle.session.lease.blindness",
            "heddle.session.lease.remember",
            "heddle.session.command.answer-within",
            "heddle.session.command.sweep");
  }

  @Test
  void theDefaultsAreValid() {
    runner.run(context -> assertThat(context).hasNotFailed());
  }

  @ParameterizedTest
  @CsvSource({
    "heddle.session.order.urgent-bonus, -1s",
    "heddle.session.order.background-malus, -1s",
    "heddle.session.offer.validity, 10ms",
    "heddle.session.offer.refusal-pause, -1s",
    "heddle.session.release.batch, 0",
    "heddle.session.release.sweep, 1ms",
    "heddle.session.retry.max-attempts, 0",
    "heddle.session.retry.pause, -1s",
    "heddle.session.retry.pause, 6m",
    "heddle.session.lease.length, 10ms",
    "heddle.session.lease.length, 2h",
    "heddle.session.lease.contact, 0s",
    "heddle.session.offer.record-lock, 10ms",
    "heddle.session.offer.validity, 2h",
    "heddle.session.lease.remember, -1s",
    "heddle.session.command.answer-within, 1s",
    "heddle.session.command.sweep, 1ms",
  })
  void aSettingThatMakesNoSenseIsRefusedByName(String key, String value) {
    runner
        .withPropertyValues(key + "=" + value)
        .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(key));
  }

  /** The message names both keys, their values and what must hold between them. */
  @ParameterizedTest
  @CsvSource({
    "heddle.session.lease.blindness, 8s, heddle.session.lease.length, PT15S",
    "heddle.session.lease.length, 9s, heddle.session.lease.blindness, PT5S",
    "heddle.session.lease.contact, 3s, heddle.session.lease.blindness, PT5S",
    "heddle.session.offer.record-lock, 20s, heddle.session.offer.validity, PT20S",
    "heddle.session.offer.validity, 14s, heddle.session.offer.record-lock, PT15S",
  })
  void twoSettingsThatDoNotGoTogetherAreRefusedByTheirNames(
      String key, String value, String other, String itsValue) {
    runner
        .withPropertyValues(key + "=" + value)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining(key)
                .hasMessageContaining("PT" + value.toUpperCase(Locale.ROOT))
                .hasMessageContaining(other)
                .hasMessageContaining(itsValue));
  }
}
