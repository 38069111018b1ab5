package dev.heddle.gateway;

import dev.heddle.gateway.Routes.Target;
import dev.heddle.rest.Problem;
import dev.heddle.rest.ProblemWriter;
import dev.heddle.security.Caller;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Flow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.server.mvc.handler.GatewayServerResponse;
import org.springframework.cloud.gateway.server.mvc.handler.ProxyExchange;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Carries one request to its service and the answer back. The framework's own exchange is not used:
 * when a client leaves a stream it reads the service's endless answer to its end, it has one read
 * time-out for all routes, and it learns of a broken answer only after the status has been sent.
 *
 * <p>Request bodies are read before the service is called (the size limit keeps them small), so a
 * slow or oversized upload never reaches a service, and it can be sent to another replica. Answers
 * are passed on once they are whole; streams and files as they come.
 */
@Component
final class UpstreamExchange implements ProxyExchange {
  private static final Logger log = LoggerFactory.getLogger(UpstreamExchange.class);
  private static final Duration RETRY_SOON = Duration.ofSeconds(2);

  /** Those that change nothing: repeated freely, and not logged. */
  private static final Set<HttpMethod> READS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private final UpstreamClient upstream;
  private final GatewayProperties properties;
  private final IdentitySigner identity;
  private final OpenStreams streams;
  private final ProblemWriter problems;
  private final MeterRegistry metrics;

  UpstreamExchange(
      UpstreamClient upstream,
      GatewayProperties properties,
      IdentitySigner identity,
      OpenStreams streams,
      ProblemWriter problems,
      MeterRegistry metrics) {
    this.properties = properties;
    this.identity = identity;
    this.streams = streams;
    this.problems = problems;
    this.metrics = metrics;
    this.upstream = upstream;
  }

  @Override
  public ServerResponse exchange(Request request) {
    HttpServletRequest incoming = request.getServerRequest().servletRequest();
    Target target = (Target) Objects.requireNonNull(incoming.getAttribute(Target.ATTRIBUTE));
    try {
      return switch (target.passing()) {
        case WHOLE -> answer(request, target);
        case EVENTS -> stream(request, target);
        case FILE -> file(request, target);
      };
    } catch (IOException e) {
      return refuse(failure(e, request, target), target);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refuse(failure(new IOException("interrupted", e), request, target), target);
    }
  }

  private <T> HttpResponse<T> send(Request request, Target target, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    String token = identity.tokenFor(caller());
    return upstream.send(
        target.replicas(), url -> outgoing(request, url, token), handler, repeatable(request));
  }

  private static HttpRequest outgoing(Request request, URI replica, String token) {
    HttpServletRequest incoming = request.getServerRequest().servletRequest();
    // The raw form, so that nothing is decoded here and encoded differently there.
    String query = incoming.getQueryString();
    URI uri = replica.resolve(incoming.getRequestURI() + (query == null ? "" : "?" + query));
    byte[] body = (byte[]) Objects.requireNonNull(incoming.getAttribute(Routes.BODY));
    HttpRequest.Builder outgoing =
        HttpRequest.newBuilder(uri)
            .method(
                request.getMethod().name(),
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    ForwardedHeaders.toService(incoming, outgoing::header);
    return outgoing.header(HttpHeaders.AUTHORIZATION, "Bearer " + token).build();
  }

  /** A repeated DELETE or PATCH would be safe, but answered with a 404 or 412 that confuses. */
  private static boolean repeatable(Request request) {
    HttpMethod method = request.getMethod();
    return READS.contains(method)
        || (method.equals(HttpMethod.POST)
            && request.getServerRequest().servletRequest().getHeader("Idempotency-Key") != null);
  }

  private static Caller caller() {
    Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
    if (authentication != null && authentication.getPrincipal() instanceof Caller caller) {
      return caller;
    }
    throw new IllegalStateException("a route is open to requests without identity");
  }

  private ServerResponse answer(Request request, Target target)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        send(
            request,
            target,
            BodyHandlers.limiting(
                BodyHandlers.ofByteArray(), properties.upstream().maxAnswer().toBytes()));
    if (answer.statusCode() == 401) {
      return refuse(identityRefused(target), target);
    }
    count(target, answer.statusCode());
    if (!READS.contains(request.getMethod())) {
      log.atInfo()
          .addKeyValue("method", request.getMethod())
          .addKeyValue("path", request.getServerRequest().requestPath().value())
          .addKeyValue("service", target.service())
          .addKeyValue("status", answer.statusCode())
          .log("a request that may change something was answered");
    }
    byte[] body = answer.body();
    return respond(
        answer,
        (incoming, response) -> {
          if (request.getMethod().equals(HttpMethod.HEAD)) {
            answer
                .headers()
                .firstValueAsLong(HttpHeaders.CONTENT_LENGTH)
                .ifPresent(response::setContentLengthLong);
          } else if (body.length > 0) {
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
          }
          return null;
        });
  }

  /** An answer that breaks off breaks off here too, so that half of a file is not taken for all. */
  private ServerResponse file(Request request, Target target)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> answer = send(request, target, BodyHandlers.ofInputStream());
    if (answer.statusCode() == 401) {
      answer.body().close();
      return refuse(identityRefused(target), target);
    }
    count(target, answer.statusCode());
    return respond(
        answer,
        (incoming, response) -> {
          // From here on nothing but the end of the file ends the answer well.
          response.flushBuffer();
          try (InputStream body = answer.body()) {
            pass(body, response.getOutputStream(), target);
          }
          return null;
        });
  }

  private static void pass(InputStream file, OutputStream client, Target target)
      throws IOException {
    byte[] buffer = new byte[16 * 1024];
    for (int read = read(file, buffer, target); read >= 0; read = read(file, buffer, target)) {
      client.write(buffer, 0, read);
    }
  }

  /** Without the cause: the framework would take its end of file for a client that has left. */
  private static int read(InputStream file, byte[] buffer, Target target) {
    try {
      return file.read(buffer);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("service", target.service())
          .addKeyValue("cause", e)
          .log("service broke off a file");
      throw new IllegalStateException(target.service() + " broke off a file");
    }
  }

  private ServerResponse stream(Request request, Target target)
      throws IOException, InterruptedException {
    if (!streams.enter()) {
      return refuse(
          new Problem(
                  GatewayError.TOO_MANY_STREAMS,
                  "%d live streams are open; close one, or raise heddle.gateway.streams.max."
                      .formatted(properties.streams().max()))
              .retryAfter(RETRY_SOON),
          target);
    }
    boolean handedOver = false;
    try {
      HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer =
          send(request, target, BodyHandlers.ofPublisher());
      StreamRelay relay = new StreamRelay();
      answer.body().subscribe(relay);
      if (answer.statusCode() == 401) {
        relay.cancel();
        return refuse(identityRefused(target), target);
      }
      count(target, answer.statusCode());
      ServerResponse response =
          respond(
              answer,
              (incoming, outgoing) -> {
                streams.add(relay);
                try {
                  outgoing.flushBuffer();
                  relay.run(outgoing.getOutputStream(), properties.streams().keepAlive());
                } finally {
                  relay.cancel();
                  streams.remove(relay);
                  streams.leave();
                }
                return null;
              });
      handedOver = true;
      return response;
    } finally {
      if (!handedOver) {
        streams.leave();
      }
    }
  }

  private static ServerResponse respond(
      HttpResponse<?> answer, ServerResponse.HeadersBuilder.WriteFunction body) {
    return GatewayServerResponse.status(HttpStatusCode.valueOf(answer.statusCode()))
        .headers(headers -> ForwardedHeaders.toClient(answer.headers(), headers))
        .build(body);
  }

  private ServerResponse refuse(Problem problem, Target target) {
    count(target, problem.code().status().value());
    return GatewayServerResponse.status(problem.code().status())
        .build((request, response) -> {
          problems.write(request, response, problem);
          return null;
        });
  }

  private static Problem identityRefused(Target target) {
    log.atError()
        .addKeyValue("service", target.service())
        .log("service refuses the gateway's identity; do its key and ours belong together?");
    return new Problem(
            GatewayError.UPSTREAM_FAILED,
            target.service()
                + " does not accept the gateway's signature; the operator has to compare"
                + " heddle.gateway.signing-key with heddle.security.gateway-public-key.")
        .with("service", target.service());
  }

  private static Problem failure(IOException failure, Request request, Target target) {
    String service = target.service();
    Problem problem =
        switch (failure) {
          case HttpConnectTimeoutException e -> away(service);
          case ConnectException e -> away(service);
          case HttpTimeoutException e ->
              new Problem(
                  GatewayError.UPSTREAM_TIMEOUT,
                  service
                      + " took too long, and may still do what you asked; ask again with the same"
                      + " Idempotency-Key.");
          default ->
              new Problem(
                  GatewayError.UPSTREAM_FAILED,
                  service
                      + " broke off its answer, and may have done what you asked; ask again with"
                      + " the same Idempotency-Key.");
        };
    log.atWarn()
        .addKeyValue("method", request.getMethod())
        .addKeyValue("path", request.getServerRequest().requestPath().value())
        .addKeyValue("service", service)
        .addKeyValue("code", problem.code().code())
        .addKeyValue("cause", failure)
        .log("service did not answer");
    return problem.with("service", service);
  }

  private static Problem away(String service) {
    return new Problem(
            GatewayError.UPSTREAM_UNAVAILABLE,
            service
                + " is not running or is just starting; ask again soon, or see the output of"
                + " 'heddle status' and 'heddle logs "
                + service
                + "'.")
        .retryAfter(RETRY_SOON);
  }

  private void count(Target target, int status) {
    metrics
        .counter(
            "heddle.gateway.answers",
            "service",
            target.service(),
            "stream",
            Boolean.toString(target.stream()),
            "status",
            Integer.toString(status))
        .increment();
  }
}
