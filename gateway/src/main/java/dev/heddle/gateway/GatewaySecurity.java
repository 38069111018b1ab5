package dev.heddle.gateway;

import dev.heddle.rest.Problem;
import dev.heddle.rest.ProblemWriter;
import dev.heddle.security.PemKeys;
import dev.heddle.security.SecurityError;
import jakarta.servlet.DispatcherType;
import java.security.interfaces.RSAPrivateCrtKey;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.filter.CorsFilter;

/** Who comes through the door, and what a browser is told about it. */
@Configuration(proxyBeanMethods = false)
class GatewaySecurity {
  private static final String SIGNING_KEY = "heddle.gateway.signing-key";

  @Bean
  IdentitySigner identitySigner(GatewayProperties properties) {
    RSAPrivateCrtKey key = PemKeys.privateKey(SIGNING_KEY, properties.signingKey());
    PemKeys.publicHalf(SIGNING_KEY, key);
    return new IdentitySigner(key, Clock.systemUTC());
  }

  @Bean
  LocalToken localToken(GatewayProperties properties) {
    return LocalToken.load(properties.tokenFile());
  }

  @Bean
  BrowserCookie browserCookie(LocalToken token) {
    return new BrowserCookie(token, Clock.systemUTC());
  }

  @Bean
  SignInCodes signInCodes() {
    return new SignInCodes(Clock.systemUTC());
  }

  @Bean
  SecurityFilterChain door(
      HttpSecurity http,
      GatewayProperties properties,
      LocalToken token,
      BrowserCookie cookie,
      ProblemWriter problems) {
    AuthenticationEntryPoint refusal = refusal(problems);
    return http.sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        // CookieGuard does it: it needs no token of its own, since only our page can set a header.
        .csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .headers(headers ->
            headers
                .contentTypeOptions(Customizer.withDefaults())
                .frameOptions(frame -> frame.deny())
                .contentSecurityPolicy(
                    csp -> csp.policyDirectives("default-src 'none'; frame-ancestors 'none'"))
                .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER)))
        .addFilter(cors(properties, problems))
        .addFilterBefore(new TokenFilter(token, cookie), AnonymousAuthenticationFilter.class)
        .addFilterAfter(new RateLimitFilter(properties.rate(), problems), TokenFilter.class)
        .addFilterAfter(new CookieGuard(problems), RateLimitFilter.class)
        .exceptionHandling(e -> e.authenticationEntryPoint(refusal))
        .authorizeHttpRequests(requests ->
            requests
                .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                .permitAll()
                .requestMatchers(
                    HttpMethod.GET,
                    "/actuator/health",
                    "/actuator/health/**",
                    "/actuator/prometheus")
                .permitAll()
                .requestMatchers(HttpMethod.POST, SignIn.PATH)
                .permitAll()
                .requestMatchers(HttpMethod.GET, Dashboard.patterns())
                .permitAll()
                .requestMatchers(HttpMethod.GET, Dashboard.pages())
                .permitAll()
                .anyRequest()
                .authenticated())
        .build();
  }

  /** Paths with two meanings (dots, doubled or encoded slashes) end here, before any route. */
  @Bean
  RequestRejectedHandler ambiguousPaths(ProblemWriter problems) {
    return (request, response, rejected) ->
        problems.write(
            request,
            response,
            new Problem(
                GatewayError.AMBIGUOUS_PATH,
                "Write the path plainly: no dot segments, doubled or encoded slashes, semicolons or"
                    + " control characters."));
  }

  private static CorsFilter cors(GatewayProperties properties, ProblemWriter problems) {
    CorsConfiguration rules = new CorsConfiguration();
    rules.setAllowedOrigins(properties.cors().allowedOrigins());
    rules.setAllowedMethods(List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"));
    rules.setAllowedHeaders(
        List.of(
            HttpHeaders.AUTHORIZATION,
            HttpHeaders.CONTENT_TYPE,
            HttpHeaders.IF_MATCH,
            HttpHeaders.IF_NONE_MATCH,
            "Idempotency-Key",
            "Last-Event-ID",
            "traceparent",
            "tracestate"));
    rules.setExposedHeaders(
        List.of(HttpHeaders.ETAG, HttpHeaders.LOCATION, HttpHeaders.RETRY_AFTER, "traceresponse"));
    rules.setMaxAge(Duration.ofHours(1));
    CorsFilter filter = new CorsFilter(request -> rules);
    filter.setCorsProcessor(new ProblemCorsProcessor(problems));
    return filter;
  }

  private static AuthenticationEntryPoint refusal(ProblemWriter problems) {
    return (request, response, anonymous) -> {
      boolean wrong = request.getAttribute(TokenFilter.REFUSED) != null;
      problems.write(
          request,
          response,
          new Problem(
                  SecurityError.UNAUTHENTICATED,
                  wrong
                      ? "The token is not the right one; see the file that the gateway was given"
                          + " as heddle.gateway.token-file."
                      : "Send the header 'Authorization: Bearer TOKEN'.")
              .header(
                  HttpHeaders.WWW_AUTHENTICATE,
                  wrong
                      ? "Bearer realm=\"heddle\", error=\"invalid_token\""
                      : "Bearer realm=\"heddle\""));
    };
  }
}
