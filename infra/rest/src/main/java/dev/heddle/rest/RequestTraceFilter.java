package dev.heddle.rest;

import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Puts a request under the trace that its {@code traceparent} names, or under a new one where it
 * names none that is valid, and tells the caller which that is in {@code traceresponse}. What is
 * logged meanwhile carries the trace, and the thread or session that the path names.
 */
final class RequestTraceFilter extends OncePerRequestFilter {

  /** As the W3C's draft of level 2 names it. */
  static final String ANSWER = "traceresponse";

  /** What is no id stays out of the log's fields. */
  private static final Pattern SUBJECT =
      Pattern.compile(
          "/api/(threads|sessions)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/.*)?");

  private static final String ATTRIBUTE = RequestTraceFilter.class.getName();

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    TraceId trace = traceOf(request);
    if (!isAsyncDispatch(request)) {
      response.setHeader(ANSWER, trace.header());
    }
    try (var _ = MDC.putCloseable(TraceId.LOG_KEY, trace.value());
        var _ = subjectOf(request)) {
      chain.doFilter(request, response);
    }
  }

  /** Names the thread or session of the path on each line that is logged, where it has one. */
  private static MDC.@Nullable MDCCloseable subjectOf(HttpServletRequest request) {
    Matcher path = SUBJECT.matcher(request.getRequestURI());
    if (!path.matches()) {
      return null;
    }
    String key = path.group(1).equals("threads") ? ThreadId.LOG_KEY : SessionId.LOG_KEY;
    return MDC.putCloseable(key, path.group(2));
  }

  /** One request is one trace, however often the container dispatches it. */
  private static TraceId traceOf(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof TraceId known) {
      return known;
    }
    TraceId trace = TraceId.ofHeader(request.getHeader(TraceId.HEADER)).orElseGet(TraceId::random);
    request.setAttribute(ATTRIBUTE, trace);
    return trace;
  }

  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }
}
