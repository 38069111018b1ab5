package dev.heddle.gateway;

import dev.heddle.contracts.TraceId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.MDC;
import org.springframework.http.HttpHeaders;

/**
 * Which headers pass the gateway. Towards the services only those that are listed, so that no
 * identity, address or connection matter can be smuggled in; towards the client all but those that
 * belong to the gateway's own connection and its own word.
 */
final class ForwardedHeaders {
  private static final Set<String> TO_SERVICES =
      Set.of(
          "accept",
          "accept-language",
          "content-type",
          "idempotency-key",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-unmodified-since",
          "last-event-id",
          "user-agent");

  private static final Set<String> NOT_TO_CLIENTS =
      Set.of(
          "connection",
          "content-length",
          "content-security-policy",
          "date",
          "keep-alive",
          "proxy-authenticate",
          "proxy-connection",
          "referrer-policy",
          "server",
          "set-cookie",
          "set-cookie2",
          "strict-transport-security",
          "te",
          "traceresponse",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "vary",
          "x-content-type-options",
          "x-frame-options",
          "x-xss-protection");

  private ForwardedHeaders() {}

  /** The trace goes on under the id that the request has here, which may be new. */
  static void toService(HttpServletRequest sent, BiConsumer<String, String> request) {
    for (String name : Collections.list(sent.getHeaderNames())) {
      if (TO_SERVICES.contains(name.toLowerCase(Locale.ROOT))) {
        Collections.list(sent.getHeaders(name)).forEach(value -> request.accept(name, value));
      }
    }
    String trace = MDC.get(TraceId.LOG_KEY);
    if (trace != null) {
      request.accept(TraceId.HEADER, new TraceId(trace).header());
    }
  }

  static void toClient(java.net.http.HttpHeaders answered, HttpHeaders response) {
    answered
        .map()
        .forEach((name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (!NOT_TO_CLIENTS.contains(lower)
              && !lower.startsWith("access-control-")
              && !lower.startsWith(":")) {
            values.forEach(value -> response.add(name, value));
          }
        });
  }
}
