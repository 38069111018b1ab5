package dev.heddle.rest;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import tools.jackson.databind.json.JsonMapper;

/** Writes problems from where no controller advice reaches: servlet filters and security. */
public final class ProblemWriter {
  private final JsonMapper json;

  /** Writes with the mapper of the application. */
  public ProblemWriter(JsonMapper json) {
    this.json = json;
  }

  /** Answers with the problem, unless the response is already on its way. */
  public void write(HttpServletRequest request, HttpServletResponse response, Problem problem)
      throws IOException {
    if (response.isCommitted()) {
      return;
    }
    response.resetBuffer();
    response.setStatus(problem.code().status().value());
    problem.allHeaders().forEach((name, values) -> response.setHeader(name, values.getFirst()));
    byte[] body = json.writeValueAsBytes(problem.body(request.getRequestURI()));
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
