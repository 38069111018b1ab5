package dev.heddle.worker.mcp;

import dev.heddle.worker.engine.EngineListener;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;

/** Heddle's own tools on a web server of their own, for engines that run without a worker. */
public final class LoopbackTools implements AutoCloseable {

  private final Tomcat tomcat = new Tomcat();
  private final ToolServers servers = new ToolServers(new SecureRandom());

  /**
   * Listens.
   *
   * @param folder for what the web server keeps
   */
  public LoopbackTools(Path folder) throws LifecycleException {
    tomcat.setBaseDir(folder.toString());
    tomcat.setHostname("127.0.0.1");
    tomcat.setPort(0);
    Context context = tomcat.addContext("", folder.toString());
    Tomcat.addServlet(context, "tools", new McpServlet(servers)).setAsyncSupported(true);
    context.addServletMappingDecoded(ToolServers.PATH, "tools");
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.start();
    servers.listensAt(URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort()));
  }

  /** See {@link ToolServers#open}. */
  public ToolServers.Offer open(EngineListener listener, @Nullable Delegator delegator) {
    return servers.open(listener, delegator);
  }

  @Override
  public void close() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
  }
}
