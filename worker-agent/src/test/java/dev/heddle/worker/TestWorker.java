package dev.heddle.worker;

import dev.heddle.contracts.MachineId;
import dev.heddle.worker.claim.Ledger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** A whole worker in this JVM, with times short enough for tests. */
final class TestWorker implements AutoCloseable {

  final MachineId id;
  private final ConfigurableApplicationContext context;

  TestWorker(String bootstrapServers, String id, String pool, Path home, String... settings) {
    this.id = new MachineId(id);
    List<String> arguments = new ArrayList<>();
    for (String setting :
        List.of(
            "spring.kafka.bootstrap-servers=" + bootstrapServers,
            "heddle.worker.id=" + id,
            "heddle.worker.pool=" + pool,
            "heddle.worker.home=" + home,
            "heddle.worker.slots=2",
            "heddle.worker.heartbeat-interval=200ms",
            "heddle.worker.lease=3s",
            "heddle.worker.guard-margin=500ms",
            "heddle.worker.claim-resend=500ms",
            "heddle.worker.cancel-grace=1s",
            "heddle.worker.drain-timeout=0s")) {
      arguments.add("--" + setting);
    }
    for (String setting : settings) {
      arguments.add("--" + setting);
    }
    context = SpringApplication.run(WorkerApplication.class, arguments.toArray(String[]::new));
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
