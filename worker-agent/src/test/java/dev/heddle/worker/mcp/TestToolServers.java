package dev.heddle.worker.mcp;

import java.net.URI;
import java.security.SecureRandom;

/** Tool servers of a worker whose web server nobody calls. */
public final class TestToolServers {

  private TestToolServers() {}

  /** At an address where nobody listens. */
  public static ToolServers listening() {
    ToolServers servers = new ToolServers(new SecureRandom());
    servers.listensAt(URI.create("http://127.0.0.1:1/"));
    return servers;
  }
}
