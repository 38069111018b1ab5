package dev.heddle.worker;

import dev.heddle.contracts.MachineId;
import dev.heddle.worker.claim.Ledger;
import dev.heddle.worker.engine.Engine;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** A whole worker in this JVM, with times short enough for tests. */
final class TestWorker implements AutoCloseable {

  final MachineId id;
  private final ConfigurableApplicationContext context;

  TestWorker(String bootstrapServers, String id, String pool, Path home, String... settings) {
    this(bootstrapServers, id, pool, home, List.of(), settings);
  }

  TestWorker(
      String bootstrapServers,
      String id,
      String pool,
      Path home,
      List<Engine> further,
      String... settings) {
    this.id = new MachineId(id);
    Map<String, String> chosen = new LinkedHashMap<>();
    Stream.concat(
            Stream.of(
                "spring.kafka.bootstrap-servers=" + bootstrapServers,
                "heddle.worker.id=" + id,
                "heddle.worker.pool=" + pool,
                "heddle.worker.home=" + home,
                "heddle.worker.slots=2",
                "heddle.worker.heartbeat-interval=200ms",
                "heddle.worker.guard-margin=1s",
                "heddle.worker.claim-resend=500ms",
                "heddle.worker.cancel-grace=1s",
                "heddle.worker.drain-timeout=0s"),
            Stream.of(settings))
        .forEach(setting ->
            chosen.put(
                setting.substring(0, setting.indexOf('=')),
                setting.substring(setting.indexOf('=') + 1)));
    context =
        new SpringApplicationBuilder(WorkerApplication.class)
            .initializers((GenericApplicationContext made) ->
                further.forEach(
                    engine -> made.registerBean(engine.name(), Engine.class, () -> engine)))
            .run(
                chosen.entrySet().stream()
                    .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                    .toArray(String[]::new));
  }

  Ledger ledger() {
    return context.getBean(Ledger.class);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  int port() {
    return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  @Override
  public void close() {
    context.close();
  }
}
