package dev.heddle.rest;

import dev.heddle.contracts.TraceId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Puts a request under the trace that its {@code traceparent} names, or under a new one where it
 * names none that is valid, and tells the caller which that is in {@code traceresponse}.
 */
final class RequestTraceFilter extends OncePerRequestFilter {

  /** As the W3C's draft of level 2 names it. */
  static final String ANSWER = "traceresponse";

  private static final String ATTRIBUTE = RequestTraceFilter.class.getName();

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    TraceId trace = traceOf(request);
    if (!isAsyncDispatch(request)) {
      response.setHeader(ANSWER, trace.header());
    }
    MDC.put(TraceId.LOG_KEY, trace.value());
    try {
      chain.doFilter(request, response);
    } finally {
      MDC.remove(TraceId.LOG_KEY);
    }
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
