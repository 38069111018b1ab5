package dev.heddle.gateway;

import dev.heddle.rest.Problem;
import dev.heddle.rest.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets a request that is known by its cookie change something only if our own page made it. A
 * browser sends a SameSite=Strict cookie also from a page on another port of this host, so that
 * alone is not enough: such a page can set no header of its own without being asked about (CORS),
 * and cannot hide its origin.
 */
final class CookieGuard extends OncePerRequestFilter {
  /** The header that only our own page can set; its value does not matter. */
  static final String HEADER = "X-Heddle-Dashboard";

  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

  private final ProblemWriter problems;

  CookieGuard(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getAttribute(TokenFilter.BY_COOKIE) == null
        || READS.contains(request.getMethod())
        || ours(request)) {
      chain.doFilter(request, response);
      return;
    }
    problems.write(
        request,
        response,
        new Problem(
            GatewayError.FORGED_REQUEST,
            "A request that is signed in by cookie comes from the dashboard's own page and carries"
                + " the header "
                + HEADER
                + "; a program sends 'Authorization: Bearer TOKEN' instead."));
  }

  private static boolean ours(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    return request.getHeader(HEADER) != null
        && (site == null || site.equals("same-origin"))
        && sameOrigin(request, request.getHeader(HttpHeaders.ORIGIN));
  }

  /** The scheme is not compared: before a proxy that ends TLS it is another one. */
  static boolean sameOrigin(HttpServletRequest request, @Nullable String origin) {
    if (origin == null) {
      return true;
    }
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority != null && authority.equalsIgnoreCase(request.getHeader(HttpHeaders.HOST));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
