package dev.heddle.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Describes the processes of the services and of the workers. */
final class Services {

  private final LaunchOptions options;
  private final StartCaches caches;
  private final Secrets secrets;
  private final Postgres postgres;
  private final KafkaBroker kafka;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  Services(
      LaunchOptions options,
      StartCaches caches,
      Secrets secrets,
      Postgres postgres,
      KafkaBroker kafka) {
    this.options = options;
    this.caches = caches;
    this.secrets = secrets;
    this.postgres = postgres;
    this.kafka = kafka;
  }

  /** A replica of one of the services that own a schema. */
  ChildSpec service(String schema, String name, int port) {
    Map<String, String> environment = base(ChildSpec.cleanEnvironment(), port);
    environment.putAll(postgres.environmentFor(schema));
    environment.put("SPRING_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
    environment.put("HEDDLE_SECURITY_GATEWAY_PUBLIC_KEY", secrets.publicKey().toUri().toString());
    return spec(name, schema + "-service", environment, port, Duration.ofSeconds(25));
  }

  /** The gateway before these ports of each schema's service. */
  ChildSpec gateway(Map<String, List<Integer>> replicas) {
    Map<String, String> environment = base(ChildSpec.cleanEnvironment(), options.size().port());
    environment.put("SPRING_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
    environment.put("HEDDLE_GATEWAY_TOKEN_FILE", options.home().token().toUri().toString());
    environment.put("HEDDLE_GATEWAY_SIGNING_KEY", secrets.signingKey().toUri().toString());
    environment.put("HEDDLE_SECURITY_GATEWAY_PUBLIC_KEY", secrets.publicKey().toUri().toString());
    replicas.forEach((schema, ports) ->
        environment.put(
            "HEDDLE_GATEWAY_" + schema.toUpperCase(Locale.ROOT) + "S_URL",
            ports.stream().map(Services::url).collect(Collectors.joining(","))));
    return spec("gateway", "gateway", environment, options.size().port(), Duration.ofSeconds(15));
  }

  /** A worker inherits the launcher's environment, because the engines that it runs need it. */
  ChildSpec worker(String id, int port) {
    Map<String, String> inherited = new TreeMap<>(System.getenv());
    inherited
        .keySet()
        .removeIf(name ->
            name.startsWith("SPRING_")
                || name.startsWith("SERVER_")
                || name.startsWith("MANAGEMENT_")
                || name.equals("JAVA_TOOL_OPTIONS")
                || name.equals(ChildSpec.CLIENT_TOKEN)
                || name.equals(Signals.MARKER));
    Map<String, String> environment = base(inherited, port);
    environment.put("SPRING_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
    environment.put("HEDDLE_SECURITY_GATEWAY_PUBLIC_KEY", secrets.publicKey().toUri().toString());
    environment.put("HEDDLE_WORKER_ID", id);
    environment.put("HEDDLE_WORKER_HOME", options.home().worker(id).toString());
    environment.put("HEDDLE_WORKER_SLOTS", Integer.toString(options.size().slots()));
    PracticeAgent.in(OwnClassPath.lasting(options.images())).offer(environment);
    // Less than the launcher waits, so that a worker reports what it ends before it is ended.
    environment.put("HEDDLE_WORKER_DRAIN_TIMEOUT", "5s");
    return spec(id, "worker-agent", environment, port, Duration.ofSeconds(20));
  }

  private ChildSpec spec(
      String name, String module, Map<String, String> environment, int port, Duration grace) {
    Path folder = options.home().root();
    try {
      if (module.equals("worker-agent")) {
        Files.createDirectories(options.home().worker(name));
      }
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot make the folder of " + name + ": " + e, e);
    }
    return new ChildSpec(
        name,
        ServiceProgram.command(options.source(), module, caches),
        environment,
        folder,
        options.home().log(name),
        port,
        () -> ready(port),
        "TERM",
        grace);
  }

  private static Map<String, String> base(Map<String, String> kept, int port) {
    Map<String, String> environment = new TreeMap<>(kept);
    environment.put("SERVER_PORT", Integer.toString(port));
    environment.put("SERVER_ADDRESS", "127.0.0.1");
    return environment;
  }

  private boolean ready(int port) {
    if (!Ports.answers(port)) {
      // Much cheaper than a request, and asked often while all others want the processor.
      return false;
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url(port) + "/actuator/health/readiness"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }
}
