package dev.heddle.gateway;

import dev.heddle.rest.Problem;
import dev.heddle.rest.ProblemWriter;
import dev.heddle.security.Caller;
import dev.heddle.security.SecurityError;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * How a browser signs in: with a code that is good for once, or with the token, it is given a
 * cookie that scripts cannot read. Whoever has the token can have a code made.
 */
@Configuration(proxyBeanMethods = false)
class SignIn {
  static final String PATH = "/api/sign-in";
  static final String CODES = PATH + "/codes";

  private static final Logger log = LoggerFactory.getLogger(SignIn.class);

  /** One of the two. */
  record Request(@Nullable String code, @Nullable String token) {}

  @Bean
  RouterFunction<ServerResponse> signInRoutes(
      LocalToken token, SignInCodes codes, BrowserCookie cookie, ProblemWriter problems) {
    return RouterFunctions.route()
        .POST(CODES, request -> answer().body(codes.make()))
        .POST(
            PATH,
            request -> {
              Request sent = request.body(Request.class);
              boolean right =
                  (sent.code() != null && codes.redeem(sent.code()))
                      || (sent.token() != null && token.matches(sent.token().strip()));
              return right ? signedIn(request, cookie) : refuse(problems);
            })
        .GET(PATH, request -> answer().body(self()))
        .DELETE(
            PATH,
            request ->
                ServerResponse.noContent()
                    .header(HttpHeaders.SET_COOKIE, cookie.clear(secure(request)).toString())
                    .build())
        .build();
  }

  private static ServerResponse signedIn(ServerRequest request, BrowserCookie cookie) {
    log.atInfo()
        .addKeyValue("address", request.servletRequest().getRemoteAddr())
        .log("a browser signed in");
    return ServerResponse.noContent()
        .cacheControl(CacheControl.noStore())
        .header(HttpHeaders.SET_COOKIE, cookie.make(secure(request)).toString())
        .build();
  }

  private static ServerResponse refuse(ProblemWriter problems) {
    Problem problem =
        new Problem(
            SecurityError.UNAUTHENTICATED,
            "The link was used before, is older than "
                + SignInCodes.VALID.toMinutes()
                + " minutes, or is of another Heddle; 'heddle open' prints a new one.");
    return ServerResponse.status(problem.code().status())
        .build((request, response) -> {
          problems.write(request, response, problem);
          return null;
        });
  }

  private static Map<String, Object> self() {
    Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
    if (authentication != null && authentication.getPrincipal() instanceof Caller caller) {
      return Map.of("name", caller.name(), "roles", new TreeSet<>(caller.roles()));
    }
    throw new IllegalStateException("open to requests without identity");
  }

  private static ServerResponse.BodyBuilder answer() {
    return ServerResponse.ok().cacheControl(CacheControl.noStore());
  }

  /** Behind a proxy that ends TLS, its word counts: a wrong one only hurts whoever sends it. */
  private static boolean secure(ServerRequest request) {
    return request.servletRequest().isSecure()
        || "https".equalsIgnoreCase(request.servletRequest().getHeader("X-Forwarded-Proto"));
  }
}
