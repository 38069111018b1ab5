package dev.heddle.rest;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/**
 * One failure on its way to a client.
 *
 * @param detail what was wrong with which input and what to do
 * @param properties further members of the body
 * @param headers further headers of the response
 */
public record Problem(
    ErrorCode code, String detail, Map<String, Object> properties, Map<String, String> headers) {

  public Problem {
    properties = Map.copyOf(properties);
    headers = Map.copyOf(headers);
  }

  public Problem(ErrorCode code, String detail) {
    this(code, detail, Map.of(), Map.of());
  }

  static Problem of(ProblemException e) {
    Problem problem = new Problem(e.code(), e.detail(), e.properties(), Map.of());
    Duration retryAfter = e.retryAfter();
    return retryAfter == null ? problem : problem.retryAfter(retryAfter);
  }

  /** The same with one more member in the body. */
  public Problem with(String property, Object value) {
    Map<String, Object> more = new TreeMap<>(properties);
    more.put(property, value);
    return new Problem(code, detail, more, headers);
  }

  /** The same with one more response header. */
  public Problem header(String name, String value) {
    Map<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new Problem(code, detail, properties, more);
  }

  /** The same with a {@code Retry-After} in whole seconds, rounded up and at least one. */
  public Problem retryAfter(Duration delay) {
    long seconds = Math.max(1, (delay.toMillis() + 999) / 1000);
    return header(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
  }

  /** The RFC 9457 body; {@code instance} is the path of the request. */
  ProblemDetail body(@Nullable String instance) {
    ProblemDetail body = ProblemDetail.forStatus(code.status());
    body.setType(URI.create("about:blank"));
    body.setTitle(code.title());
    body.setDetail(detail);
    body.setInstance(instance == null ? null : uri(instance));
    new TreeMap<>(properties).forEach(body::setProperty);
    body.setProperty("code", code.code());
    return body;
  }

  HttpHeaders allHeaders() {
    HttpHeaders all = new HttpHeaders();
    all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    all.setCacheControl("no-store");
    headers.forEach(all::set);
    return all;
  }

  ResponseEntity<Object> response(String instance) {
    return new ResponseEntity<>(body(instance), allHeaders(), code.status());
  }

  /** A hostile path may not be a URI; the problem then goes without an instance. */
  private static @Nullable URI uri(String path) {
    try {
      return new URI(path);
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
