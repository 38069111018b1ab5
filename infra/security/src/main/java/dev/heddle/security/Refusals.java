package dev.heddle.security;

import dev.heddle.rest.Problem;
import dev.heddle.rest.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/** Says no with a problem. Why a token was refused stays in the log at DEBUG. */
final class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {
  private final ProblemWriter problems;

  Refusals(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException refused)
      throws IOException {
    boolean bad = refused instanceof InvalidBearerTokenException;
    problems.write(
        request,
        response,
        new Problem(
                SecurityError.UNAUTHENTICATED,
                bad
                    ? "The token of the gateway is not accepted here: wrong key, audience or time."
                    : "Requests reach this service through the gateway, which signs them.")
            .header(
                HttpHeaders.WWW_AUTHENTICATE, bad ? "Bearer error=\"invalid_token\"" : "Bearer"));
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException refused)
      throws IOException {
    problems.write(
        request,
        response,
        new Problem(
            SecurityError.FORBIDDEN,
            "Reading needs the role viewer, changing needs operator; nothing else is open."));
  }
}
