package dev.heddle.gateway;

import dev.heddle.gateway.Replicas.Replica;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sends a request to one replica of a service, and to another where that does no harm: always when
 * the first took no connection, since then it has seen nothing; and when it broke off, only if the
 * request may be repeated. One that is merely slow is not given up, since it may be at work.
 */
@Component
final class UpstreamClient {
  private static final Logger log = LoggerFactory.getLogger(UpstreamClient.class);

  private final HttpClient http;
  private final Duration readTimeout;
  private final MeterRegistry metrics;

  UpstreamClient(GatewayProperties properties, MeterRegistry metrics) {
    this.http = http(properties.upstream().connectTimeout());
    this.readTimeout = properties.upstream().readTimeout();
    this.metrics = metrics;
  }

  static HttpClient http(Duration connectTimeout) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(connectTimeout)
        .followRedirects(HttpClient.Redirect.NEVER)
        .proxy(HttpClient.Builder.NO_PROXY)
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .build();
  }

  /**
   * Sends until a replica answers.
   *
   * @param request the request as it goes to the replica at the given address
   * @param repeatable whether a replica may get it after another has perhaps carried it out
   * @throws IOException why no replica answered: the first failure that may have had an effect, or
   *     else the last
   */
  <T> HttpResponse<T> send(
      Replicas replicas,
      Function<URI, HttpRequest> request,
      BodyHandler<T> handler,
      boolean repeatable)
      throws IOException, InterruptedException {
    IOException refused = null;
    IOException broken = null;
    for (Replica replica : replicas.inTurn()) {
      if (refused != null || broken != null) {
        failedOver(replica);
      }
      try {
        return send(request.apply(replica.url()), handler);
      } catch (HttpConnectTimeoutException | ConnectException e) {
        replica.ready(false);
        refused = e;
      } catch (HttpTimeoutException e) {
        throw first(broken, e);
      } catch (IOException e) {
        broken = first(broken, e);
        if (!repeatable) {
          break;
        }
      }
    }
    if (broken == null && refused == null) {
      throw new IllegalStateException(replicas.service() + " has no replica");
    }
    throw broken == null ? refused : broken;
  }

  private static IOException first(@Nullable IOException before, IOException now) {
    return before == null ? now : before;
  }

  /** One time-out for all that the handler waits for: the whole answer, or a stream's head. */
  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> answer = http.sendAsync(request, handler);
    try {
      return answer.get(readTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no whole answer in time");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException(e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  private void failedOver(Replica to) {
    metrics.counter("heddle.gateway.failovers", "service", to.service()).increment();
    log.atInfo()
        .addKeyValue("service", to.service())
        .addKeyValue("address", to.url().getAuthority())
        .log("another replica is asked");
  }
}
