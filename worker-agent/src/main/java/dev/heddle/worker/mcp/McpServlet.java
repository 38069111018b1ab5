package dev.heddle.worker.mcp;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Lets each engine to the tools of its own run, and nobody else to any. */
final class McpServlet extends HttpServlet {

  private static final String SCHEME = "Bearer ";

  private static final String REFUSAL =
      """
      {"type": "about:blank", "title": "Not a token of a run", "status": 401, \
      "code": "invalid_token", "detail": "send the bearer token that the run was given, in the \
      header Authorization; it is valid while the run lasts"}
      """;

  private final transient ToolServers servers;

  McpServlet(ToolServers servers) {
    this.servers = servers;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    String token = tokenOf(request.getHeader("Authorization"));
    RunEndpoint endpoint = token == null ? null : servers.find(token);
    if (endpoint == null) {
      response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
      response.setHeader("WWW-Authenticate", "Bearer");
      response.setContentType("application/problem+json");
      response.getWriter().write(REFUSAL);
      return;
    }
    endpoint.serve(request, response);
  }

  private static @Nullable String tokenOf(@Nullable String header) {
    return header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? null
        : header.substring(SCHEME.length()).strip();
  }
}
