package dev.heddle.gateway;

import dev.heddle.rest.Problem;
import dev.heddle.rest.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsProcessor;
import org.springframework.web.cors.DefaultCorsProcessor;

/** The framework's CORS rules, with a problem for a refusal. */
final class ProblemCorsProcessor implements CorsProcessor {
  private final ProblemWriter problems;

  ProblemCorsProcessor(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  public boolean processRequest(
      @Nullable CorsConfiguration configuration,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Rules rules = new Rules();
    boolean accepted = rules.processRequest(configuration, request, response);
    if (rules.refused) {
      problems.write(
          request,
          response,
          new Problem(
              GatewayError.ORIGIN_REFUSED,
              "Pages of this origin, or with this method or header, may not call; the operator can"
                  + " allow an origin in heddle.gateway.cors.allowed-origins."));
      return false;
    }
    return accepted;
  }

  private static final class Rules extends DefaultCorsProcessor {
    private boolean refused;

    @Override
    protected void rejectRequest(ServerHttpResponse response) {
      refused = true;
    }
  }
}
