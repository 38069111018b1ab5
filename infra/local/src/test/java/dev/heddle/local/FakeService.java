package dev.heddle.local;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Stands for a service: it is ready at once, and writes down which environment it was given. */
public final class FakeService {

  private FakeService() {}

  /** Serves until it is killed; a worker also leaves a process of its own behind, as an engine. */
  public static void main(String[] arguments) throws Exception {
    Map<String, String> environment = new TreeMap<>(System.getenv());
    int port = Integer.parseInt(environment.get("SERVER_PORT"));
    StringBuilder text = new StringBuilder();
    environment.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    Files.writeString(Path.of("environment-" + port), text);
    if (environment.containsKey("HEDDLE_WORKER_ID")) {
      new ProcessBuilder("setsid", "sleep", "600").start();
    }
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/actuator/health/readiness",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  /** Writes the executable jars of all services, as a build would, into a source tree. */
  static void build(Path source) throws IOException {
    for (String module :
        new String[] {
          "thread-service", "session-service", "trace-service", "gateway", "worker-agent"
        }) {
      Path target = Files.createDirectories(source.resolve(module).resolve("target"));
      Manifest manifest = new Manifest();
      manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
      manifest
          .getMainAttributes()
          .put(new Attributes.Name("Start-Class"), FakeService.class.getName());
      String name = FakeService.class.getName().replace('.', '/') + ".class";
      try (JarOutputStream out =
              new JarOutputStream(
                  Files.newOutputStream(target.resolve(module + "-0.1.0-SNAPSHOT-exec.jar")),
                  manifest);
          InputStream self = FakeService.class.getResourceAsStream("/" + name)) {
        out.putNextEntry(new JarEntry("BOOT-INF/classes/" + name));
        self.transferTo(out);
        out.closeEntry();
      }
    }
  }
}
