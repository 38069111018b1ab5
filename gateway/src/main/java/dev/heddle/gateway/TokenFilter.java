package dev.heddle.gateway;

import dev.heddle.security.Caller;
import dev.heddle.security.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Recognises the bearer of the local token, and a browser that signed in with it, as the user
 * {@code local}. A wrong token leaves the request anonymous, so that its sender meets the rate
 * limit of its address before the refusal.
 */
final class TokenFilter extends OncePerRequestFilter {
  static final String REFUSED = TokenFilter.class.getName() + ".refused";

  /** Set on a request that is known by its cookie, not by the token. */
  static final String BY_COOKIE = TokenFilter.class.getName() + ".cookie";

  private static final String BEARER = "bearer ";
  private static final Caller LOCAL = new Caller("local", Set.of(Role.ADMIN.claim()));

  private final LocalToken token;
  private final BrowserCookie cookie;

  TokenFilter(LocalToken token, BrowserCookie cookie) {
    this.token = token;
    this.cookie = cookie;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    List<String> sent = Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION));
    if (sent.size() == 1 && accepted(sent.getFirst())) {
      recognise();
    } else if (!sent.isEmpty()) {
      request.setAttribute(REFUSED, true);
    } else if (cookie.accepts(request)) {
      request.setAttribute(BY_COOKIE, true);
      recognise();
    }
    chain.doFilter(request, response);
  }

  private static void recognise() {
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(
        UsernamePasswordAuthenticationToken.authenticated(
            LOCAL, null, AuthorityUtils.NO_AUTHORITIES));
    SecurityContextHolder.setContext(context);
  }

  private boolean accepted(String header) {
    return header.toLowerCase(Locale.ROOT).startsWith(BEARER)
        && token.matches(header.substring(BEARER.length()).strip());
  }
}
