package dev.heddle.gateway;

import static org.springframework.web.servlet.function.RequestPredicates.method;
import static org.springframework.web.servlet.function.RequestPredicates.path;

import dev.heddle.rest.LargerBody;
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

  /** How an answer is passed on. */
  enum Passing {
    /** Once it has come as a whole. */
    WHOLE,
    /** Event by event, for as long as both sides wish. */
    EVENTS,
    /** As it comes, since it may be larger than what is kept in memory. */
    FILE
  }

  /** Where a matched request goes; rides on the request as an attribute. */
  record Target(Replicas replicas, Passing passing) {
    static final String ATTRIBUTE = Target.class.getName();

    boolean stream() {
      return passing == Passing.EVENTS;
    }

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
    return to(new Target(upstreams.traces(), Passing.EVENTS), method(HttpMethod.GET).and(streams))
        .and(RouterFunctions.route(streams, request -> onlyGet(problems)))
        .and(
            to(
                new Target(upstreams.traces(), Passing.WHOLE),
                path("/api/threads/{id}/transcript")
                    .or(path("/api/sessions/{id}/events"))
                    .or(path("/api/sessions/{id}/transcript"))
                    .or(path("/api/sessions/{id}/summary"))
                    .or(path("/api/parked/**"))))
        .and(
            to(
                new Target(upstreams.threads(), Passing.FILE),
                method(HttpMethod.GET).and(path("/api/threads/{id}/export"))))
        .and(
            to(
                new Target(upstreams.threads(), Passing.WHOLE),
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
                new Target(upstreams.sessions(), Passing.WHOLE),
                path("/api/sessions/**").or(path("/api/machines/**"))));
  }

  /** A thread comes in one piece. */
  @Bean
  LargerBody importedThread(GatewayProperties properties) {
    return new LargerBody("/api/threads/import", properties.upstream().maxImport());
  }

  private static RouterFunction<ServerResponse> to(Target target, RequestPredicate requests) {
    return GatewayRouterFunctions.route(
            switch (target.passing()) {
              case WHOLE -> target.service();
              case EVENTS -> target.service() + "-streams";
              case FILE -> target.service() + "-files";
            })
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
