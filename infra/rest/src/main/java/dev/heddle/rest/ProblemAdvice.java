package dev.heddle.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/** Answers every exception of a controller with a problem. */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class ProblemAdvice {

  @ExceptionHandler(Exception.class)
  @Nullable ResponseEntity<Object> answer(
      Exception failure, HttpServletRequest request, HttpServletResponse response)
      throws Exception {
    if (failure instanceof AsyncRequestNotUsableException) {
      return null; // the client has gone
    }
    if (response.isCommitted()) {
      throw failure; // the server breaks the connection off, so that half does not pass for whole
    }
    if (failure.getClass().getName().startsWith("org.springframework.security.")) {
      throw failure; // the security filter chain knows what to answer
    }
    String uri = request.getRequestURI();
    return Problems.describe(failure, request.getMethod() + " " + uri).response(uri);
  }
}
