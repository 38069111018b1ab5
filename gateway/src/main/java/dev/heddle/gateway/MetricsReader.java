package dev.heddle.gateway;

import dev.heddle.gateway.Replicas.Replica;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the services say of themselves, for people who look at charts. Only Heddle's own figures are
 * passed on: their labels are bounded and hold no ids, and what the machinery below tells of itself
 * is for operators, who scrape the services.
 */
final class MetricsReader {
  /** What begins otherwise is not passed on. */
  static final String PREFIX = "heddle_";

  /** However many tabs are open, services are asked no more often than this. */
  static final Duration FRESH = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** A scrape has some 100 KB. */
  private static final long MAX_SCRAPE = 8L << 20;

  /**
   * A figure and who told it.
   *
   * @param replica which process of the service, from 0
   */
  record Sample(
      String service, int replica, String name, Map<String, String> labels, double value) {}

  /**
   * A process that gave no figures.
   *
   * @param replica which process of the service, from 0
   */
  record Silent(String service, int replica) {}

  /**
   * All figures of one moment.
   *
   * @param at when they were asked for
   * @param samples as counted since each process started
   * @param silent who did not answer: their figures are missing, not zero
   */
  record Reading(Instant at, List<Sample> samples, List<Silent> silent) {}

  private record Answer(Replica from, int ordinal, @Nullable String text) {}

  private final List<Replicas> services;
  private final Clock clock;
  private final HttpClient http = UpstreamClient.http(PATIENCE);
  private @Nullable Reading last;

  MetricsReader(List<Replicas> services, Clock clock) {
    this.services = services;
    this.clock = clock;
  }

  /** The figures of now, or those of a moment ago. Whoever comes meanwhile gets the same. */
  synchronized Reading read() {
    Instant now = clock.instant();
    if (last == null || !now.isBefore(last.at().plus(FRESH))) {
      last = ask(now);
    }
    return last;
  }

  private Reading ask(Instant now) {
    List<CompletableFuture<Answer>> asked = new ArrayList<>();
    for (Replicas service : services) {
      for (Replica replica : service.all()) {
        int ordinal = service.all().indexOf(replica);
        asked.add(scrape(replica).handle((text, failure) -> new Answer(replica, ordinal, text)));
      }
    }
    List<Sample> samples = new ArrayList<>();
    List<Silent> silent = new ArrayList<>();
    for (Answer answer : asked.stream().map(CompletableFuture::join).toList()) {
      String service = answer.from().service();
      if (answer.text() == null) {
        silent.add(new Silent(service, answer.ordinal()));
        continue;
      }
      for (PrometheusText.Figure one : PrometheusText.read(answer.text(), PREFIX)) {
        samples.add(new Sample(service, answer.ordinal(), one.name(), one.labels(), one.value()));
      }
    }
    return new Reading(now, List.copyOf(samples), List.copyOf(silent));
  }

  private CompletableFuture<String> scrape(Replica replica) {
    HttpRequest request =
        HttpRequest.newBuilder(replica.url().resolve("/actuator/prometheus"))
            .header("Accept", "text/plain;version=0.0.4")
            .timeout(PATIENCE)
            .build();
    return http.sendAsync(
            request,
            BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MAX_SCRAPE))
        .thenCompose(MetricsReader::body)
        // The time-out of a request ends with the head of its answer.
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static CompletableFuture<String> body(HttpResponse<String> answer) {
    return answer.statusCode() == 200
        ? CompletableFuture.completedFuture(answer.body())
        : CompletableFuture.failedFuture(new IOException("answered " + answer.statusCode()));
  }
}
