package dev.heddle.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * All that the gateway can be told.
 *
 * @param tokenFile path or {@code file:} URL of the file with the bearer token of local mode
 * @param signingKey path or {@code file:} URL of the private key (PKCS#8 PEM) that signs identities
 * @param threadsUrl where the replicas of thread-service listen
 * @param sessionsUrl where the replicas of session-service listen
 * @param tracesUrl where the replicas of trace-service listen
 */
@ConfigurationProperties("heddle.gateway")
record GatewayProperties(
    @DefaultValue("") String tokenFile,
    @DefaultValue("") String signingKey,
    @DefaultValue List<String> threadsUrl,
    @DefaultValue List<String> sessionsUrl,
    @DefaultValue List<String> tracesUrl,
    @DefaultValue Upstream upstream,
    @DefaultValue Streams streams,
    @DefaultValue Rate rate,
    @DefaultValue Cors cors) {

  GatewayProperties {
    threadsUrl = urls("threads-url", threadsUrl);
    sessionsUrl = urls("sessions-url", sessionsUrl);
    tracesUrl = urls("traces-url", tracesUrl);
    if (tokenFile.isBlank()) {
      throw invalid("token-file", tokenFile, "is not set; it is the file that holds the token");
    }
  }

  /**
   * Patience with the services.
   *
   * @param connectTimeout until a connection stands
   * @param readTimeout until the whole answer has come; streams have none
   * @param maxAnswer the largest answer that is passed on; streams and exports have none
   * @param maxImport the largest body of an import of a thread
   * @param probePeriod between two questions to a replica whether it is ready
   */
  record Upstream(
      @DefaultValue("2s") Duration connectTimeout,
      @DefaultValue("30s") Duration readTimeout,
      @DefaultValue("32MB") DataSize maxAnswer,
      @DefaultValue("32MB") DataSize maxImport,
      @DefaultValue("1s") Duration probePeriod) {
    Upstream {
      positive("upstream.connect-timeout", connectTimeout);
      positive("upstream.read-timeout", readTimeout);
      if (maxAnswer.toBytes() < 1) {
        throw invalid("upstream.max-answer", maxAnswer, "must be 1B at least");
      }
      if (maxImport.toBytes() < 1) {
        throw invalid("upstream.max-import", maxImport, "must be 1B at least");
      }
      positive("upstream.probe-period", probePeriod);
    }
  }

  /**
   * Live streams.
   *
   * @param max how many may be open at once
   * @param keepAlive silence after which a comment is sent, which also notices clients that left
   */
  record Streams(@DefaultValue("1000") int max, @DefaultValue("15s") Duration keepAlive) {
    Streams {
      positive("streams.max", max);
      positive("streams.keep-alive", keepAlive);
    }
  }

  /**
   * The token bucket of each caller, and of each address that has not signed in.
   *
   * @param perSecond how many requests a second it refills
   * @param burst how many requests it holds
   */
  record Rate(@DefaultValue("200") int perSecond, @DefaultValue("400") int burst) {
    Rate {
      positive("rate.per-second", perSecond);
      positive("rate.burst", burst);
    }
  }

  /**
   * Browsers of other origins.
   *
   * @param allowedOrigins such as {@code https://heddle.example.org}; none by default
   */
  record Cors(@DefaultValue List<String> allowedOrigins) {
    Cors {
      if (allowedOrigins.contains("*")) {
        throw invalid("cors.allowed-origins", "*", "must name the origins one by one");
      }
    }
  }

  private static List<String> urls(String key, List<String> values) {
    List<String> urls = values.stream().map(String::strip).toList();
    if (urls.isEmpty()) {
      throw invalid(key, "", "names no URL; one looks like http://127.0.0.1:8081");
    }
    urls.forEach(value -> url(key, value));
    if (urls.stream().distinct().count() < urls.size()) {
      throw invalid(key, String.join(",", urls), "names a URL twice");
    }
    return urls;
  }

  private static void url(String key, String value) {
    try {
      URI url = URI.create(value);
      if (!List.of("http", "https").contains(url.getScheme()) || url.getHost() == null) {
        throw invalid(key, value, "must be a URL such as http://127.0.0.1:8081");
      }
      if (!List.of("", "/").contains(url.getRawPath()) || url.getRawQuery() != null) {
        throw invalid(key, value, "must have no path and no query");
      }
    } catch (IllegalArgumentException e) {
      throw invalid(key, value, "must be a URL such as http://127.0.0.1:8081");
    }
  }

  private static void positive(String key, Duration value) {
    if (value.toMillis() < 1) {
      throw invalid(key, value, "must be 1ms at least");
    }
  }

  private static void positive(String key, long value) {
    if (value < 1) {
      throw invalid(key, value, "must be positive");
    }
  }

  private static InvalidConfigurationPropertyValueException invalid(
      String key, Object value, String reason) {
    String name = "heddle.gateway." + key;
    return new InvalidConfigurationPropertyValueException(name, value, name + " " + reason + ".");
  }
}
