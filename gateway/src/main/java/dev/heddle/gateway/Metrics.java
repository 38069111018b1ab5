package dev.heddle.gateway;

import java.time.Clock;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/** Figures for the dashboard's charts, for whoever may come through the door at all. */
@Configuration(proxyBeanMethods = false)
class Metrics {
  static final String PATH = "/api/metrics";

  @Bean
  MetricsReader metricsReader(Upstreams upstreams) {
    return new MetricsReader(
        List.of(upstreams.threads(), upstreams.sessions(), upstreams.traces()), Clock.systemUTC());
  }

  @Bean
  RouterFunction<ServerResponse> figures(MetricsReader reader) {
    return RouterFunctions.route()
        .GET(
            PATH,
            request -> ServerResponse.ok().cacheControl(CacheControl.noStore()).body(reader.read()))
        .build();
  }
}
