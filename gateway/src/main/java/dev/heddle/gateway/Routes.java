package dev.heddle.gateway;

import static org.springframework.web.servlet.function.RequestPredicates.method;
import static org.springframework.web.servlet.function.RequestPredicates.path;

import dev.heddle.rest.Problem;
import dev.heddle.rest.ProblemWriter;
import dev.heddle.rest.RestError;
import org.springframework.cloud.gateway.server.mvc.filter.BeforeFilterFunctions;
import org.springframework.cloud.gateway.server.mvc.handler.GatewayRouterFunctions;
import org.springframework.cloud.gateway.server.mvc.handler.HandlerFunctions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Which service answers which path. The first match wins, so what trace-service knows about threads
 * and sessions stands before what their owners know.
 */
@Configuration(proxyBeanMethods = false)
class Routes {

  /** Where a matched request goes; rides on the request as an attribute. */
  record Target(Replicas replicas, boolean stream) {
    static final String ATTRIBUTE = Target.class.getName();

    String service() {
      return replicas.service();
    }
  }

  /** The request attribute that holds the whole body, as bytes. */
  static final String BODY = Routes.class.getName() + ".body";

  @Bean
  RouterFunction<ServerResponse> services(Upstreams upstreams, ProblemWriter problems) {
    RequestPredicate streams =
        path("/api/threads/{id}/stream")
            .or(path("/api/sessions/{id}/stream"))
            .or(path("/api/stream"));
    return to(new Target(upstreams.traces(), true), method(HttpMethod.GET).and(streams))
        .and(RouterFunctions.route(streams, request -> onlyGet(problems)))
        .and(
            to(
                new Target(upstreams.traces(), false),
                path("/api/threads/{id}/transcript")
                    .or(path("/api/sessions/{id}/events"))
                    .or(path("/api/sessions/{id}/transcript"))
                    .or(path("/api/sessions/{id}/summary"))
                    .or(path("/api/parked/**"))))
        .and(
            to(
                new Target(upstreams.threads(), false),
                path("/api/dispatch")
                    .or(path("/api/projects/**"))
                    .or(path("/api/threads/**"))
                    .or(path("/api/approvals/**"))
                    .or(path("/api/rules/**"))
                    .or(path("/api/settings"))
                    .or(path("/api/search"))
                    .or(path("/api/audit"))))
        .and(
            to(
                new Target(upstreams.sessions(), false),
                path("/api/sessions/**").or(path("/api/machines/**"))));
  }

  private static RouterFunction<ServerResponse> to(Target target, RequestPredicate requests) {
    return GatewayRouterFunctions.route(target.service() + (target.stream() ? "-streams" : ""))
        .route(requests, HandlerFunctions.http())
        // The framework wants an address; which replica it is, the exchange decides.
        .before(BeforeFilterFunctions.uri(target.replicas().all().getFirst().url()))
        .filter((request, next) -> {
          request.attributes().put(Target.ATTRIBUTE, target);
          // Read before anything asks for parameters, which would swallow a form.
          request.attributes().put(BODY, request.servletRequest().getInputStream().readAllBytes());
          return next.handle(request);
        })
        .build();
  }

  /** A HEAD that a service answers like a GET would hold the stream open for nobody. */
  private static ServerResponse onlyGet(ProblemWriter problems) {
    Problem problem =
        new Problem(RestError.METHOD_NOT_ALLOWED, "A live stream is read with GET.")
            .header(HttpHeaders.ALLOW, "GET");
    return ServerResponse.status(problem.code().status())
        .build((request, response) -> {
          problems.write(request, response, problem);
          return null;
        });
  }
}
