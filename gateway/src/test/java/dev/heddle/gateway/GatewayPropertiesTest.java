package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

class GatewayPropertiesTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withUserConfiguration(Settings.class)
          .withInitializer(new ConfigDataApplicationContextInitializer())
          .withPropertyValues("heddle.gateway.token-file=/run/token");

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(GatewayProperties.class)
  static class Settings {}

  @Test
  void applicationYamlSaysTheDefaults() {
    runner.run(context -> {
      GatewayProperties settings = context.getBean(GatewayProperties.class);
      assertThat(settings.tracesUrl()).containsExactly("http://127.0.0.1:8083");
      assertThat(settings.upstream())
          .isEqualTo(
              new GatewayProperties.Upstream(
                  Duration.ofSeconds(2),
                  Duration.ofSeconds(30),
                  DataSize.ofMegabytes(32),
                  DataSize.ofMegabytes(32),
                  Duration.ofSeconds(1)));
      assertThat(settings.streams())
          .isEqualTo(new GatewayProperties.Streams(1000, Duration.ofSeconds(15)));
      assertThat(settings.rate()).isEqualTo(new GatewayProperties.Rate(200, 400));
      assertThat(settings.cors().allowedOrigins()).isEmpty();
      assertThat(context.getEnvironment().getProperty("server.address")).isEqualTo("127.0.0.1");
      assertThat(context.getEnvironment().getProperty("server.port")).isEqualTo("8080");
    });
  }

  @Test
  void severalReplicasAreSeparatedByCommas() {
    runner
        .withPropertyValues("heddle.gateway.threads-url=http://10.0.0.1:8081, http://10.0.0.2:8081")
        .run(context ->
            assertThat(context.getBean(GatewayProperties.class).threadsUrl())
                .containsExactly("http://10.0.0.1:8081", "http://10.0.0.2:8081"));
  }

  @ParameterizedTest
  @CsvSource({
    "heddle.gateway.threads-url, not a url",
    "heddle.gateway.sessions-url, 127.0.0.1:8082",
    "heddle.gateway.traces-url, http://127.0.0.1:8083/base",
    "heddle.gateway.traces-url, ''",
    "heddle.gateway.threads-url, 'http://127.0.0.1:8081,http://127.0.0.1:8081'",
    "heddle.gateway.sessions-url, 'http://127.0.0.1:8082,127.0.0.1:9082'",
    "heddle.gateway.upstream.probe-period, 0s",
    "heddle.gateway.token-file, ''",
    "heddle.gateway.upstream.connect-timeout, 0s",
    "heddle.gateway.upstream.read-timeout, -1s",
    "heddle.gateway.upstream.max-answer, 0B",
    "heddle.gateway.upstream.max-import, 0B",
    "heddle.gateway.streams.max, 0",
    "heddle.gateway.streams.keep-alive, 0s",
    "heddle.gateway.rate.per-second, 0",
    "heddle.gateway.rate.burst, -1",
    "heddle.gateway.cors.allowed-origins, *"
  })
  void badValueIsRefusedByTheNameOfItsKey(String key, String value) {
    runner
        .withPropertyValues(key + "=" + value)
        .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(key));
  }
}
