package dev.heddle.security;

import dev.heddle.rest.ProblemWriter;
import jakarta.servlet.DispatcherType;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * A service behind the gateway: stateless, closed unless opened, and open to the gateway's signed
 * identity only. The gateway itself, which signs, excludes this.
 */
@AutoConfiguration(
    beforeName = {
      "org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration",
      "org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.OAuth2ResourceServerWebSecurityAutoConfiguration",
      "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
      "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration"
    })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(SecurityProperties.class)
public final class ServiceSecurityAutoConfiguration {

  @Bean
  JwtDecoder gatewayTokenDecoder(SecurityProperties properties) {
    return TokenVerifier.decoder(
        PemKeys.publicKey(SecurityProperties.GATEWAY_PUBLIC_KEY, properties.gatewayPublicKey()));
  }

  @Bean
  RoleHierarchy roleHierarchy() {
    return RoleHierarchyImpl.withDefaultRolePrefix()
        .role(Role.ADMIN.name())
        .implies(Role.OPERATOR.name())
        .role(Role.OPERATOR.name())
        .implies(Role.VIEWER.name())
        .build();
  }

  @Bean
  SecurityFilterChain serviceSecurity(
      HttpSecurity http, JwtDecoder decoder, ProblemWriter problems) {
    Refusals refusals = new Refusals(problems);
    return http.sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        // Nothing authenticates by cookie, so there is nothing to forge a request with.
        .csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .exceptionHandling(e -> e.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
        .oauth2ResourceServer(server ->
            server
                .authenticationEntryPoint(refusals)
                .accessDeniedHandler(refusals)
                .jwt(
                    jwt -> jwt.decoder(decoder).jwtAuthenticationConverter(authoritiesFromRoles())))
        .authorizeHttpRequests(requests ->
            requests
                // The answer to a request that was let in, or the page that says no.
                .dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                .permitAll()
                .requestMatchers(
                    HttpMethod.GET,
                    "/actuator/health",
                    "/actuator/health/**",
                    "/actuator/prometheus")
                .permitAll()
                .requestMatchers("/actuator/**")
                .denyAll()
                .requestMatchers(HttpMethod.GET, "/api/**")
                .hasRole(Role.VIEWER.name())
                .requestMatchers(HttpMethod.HEAD, "/api/**")
                .hasRole(Role.VIEWER.name())
                .requestMatchers("/api/**")
                .hasRole(Role.OPERATOR.name())
                .anyRequest()
                .denyAll())
        .build();
  }

  @Bean
  WebMvcConfigurer callerArguments() {
    return new WebMvcConfigurer() {
      @Override
      public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CallerResolver());
      }
    };
  }

  private static JwtAuthenticationConverter authoritiesFromRoles() {
    JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
    converter.setJwtGrantedAuthoritiesConverter(token ->
        Arrays.stream(Role.values())
            .filter(role -> CallerResolver.roles(token).contains(role.claim()))
            .<GrantedAuthority>map(role -> new SimpleGrantedAuthority(role.authority()))
            .toList());
    return converter;
  }
}
