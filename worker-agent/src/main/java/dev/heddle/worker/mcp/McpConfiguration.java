package dev.heddle.worker.mcp;

import java.net.InetAddress;
import java.net.URI;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the tool servers of runs into the worker's web server. */
@Configuration(proxyBeanMethods = false)
class McpConfiguration {

  @Bean
  ToolServers toolServers() {
    return new ToolServers(new SecureRandom());
  }

  /** A servlet beside those of Spring MVC, since its answers stream for hours. */
  @Bean
  ServletRegistrationBean<McpServlet> mcpServlet(ToolServers servers) {
    return new ServletRegistrationBean<>(new McpServlet(servers), ToolServers.PATH);
  }

  @Bean
  ApplicationListener<WebServerInitializedEvent> toolServerAddress(
      ToolServers servers, ServerProperties server) {
    return started -> {
      // Not the one for management, where an operator has given that a port of its own.
      if (started.getApplicationContext().getServerNamespace() == null) {
        servers.listensAt(base(server.getAddress(), started));
      }
    };
  }

  private static URI base(@Nullable InetAddress bound, WebServerInitializedEvent started) {
    InetAddress address =
        bound == null || bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
    String host = address.getHostAddress();
    return URI.create(
        "http://%s:%d"
            .formatted(
                host.contains(":") ? "[" + host + "]" : host, started.getWebServer().getPort()));
  }
}
