package dev.heddle.worker;

import dev.heddle.contracts.Ids;
import dev.heddle.messaging.DispatchStage;
import dev.heddle.messaging.DispatchTimes;
import dev.heddle.worker.broker.KafkaClients;
import dev.heddle.worker.claim.Duty;
import dev.heddle.worker.claim.Ledger;
import dev.heddle.worker.engine.Discovery;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineProperties;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.Engines;
import dev.heddle.worker.heartbeat.Heartbeats;
import dev.heddle.worker.heartbeat.Identity;
import dev.heddle.worker.machine.Home;
import dev.heddle.worker.machine.WorkerProperties;
import dev.heddle.worker.mcp.ToolServers;
import dev.heddle.worker.process.BootClock;
import dev.heddle.worker.process.Guards;
import dev.heddle.worker.process.Survivors;
import dev.heddle.worker.run.Prices;
import dev.heddle.worker.run.Runs;
import dev.heddle.worker.secret.Secrets;
import dev.heddle.worker.secret.SecretsException;
import dev.heddle.worker.spool.KafkaRecordSender;
import dev.heddle.worker.spool.Spools;
import dev.heddle.worker.workspace.CheckpointProperties;
import dev.heddle.worker.workspace.WorkspaceProperties;
import dev.heddle.worker.workspace.Workspaces;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;

/** Puts the worker together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  WorkerProperties.class,
  EngineProperties.class,
  CheckpointProperties.class,
  WorkspaceProperties.class,
  Prices.class
})
class WorkerConfiguration {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  BootClock bootClock() {
    return BootClock.system();
  }

  @Bean
  Ids ids(Clock clock) {
    return new Ids(clock, new SecureRandom());
  }

  @Bean
  Home home(WorkerProperties properties, Clock clock, Ids ids) throws IOException {
    return Home.open(properties.home(), clock, ids);
  }

  /** Only when nothing is left of an earlier life may a new run begin. */
  @Bean
  Guards guards(Home home) throws IOException {
    Guards guards = Guards.install(home.path());
    Survivors.sweep(guards.runs());
    Survivors.killUnguarded(spoolFolder(home));
    return guards;
  }

  @Bean
  Engines engines(
      EngineProperties properties,
      Guards guards,
      Home home,
      Ids ids,
      Clock clock,
      ObjectProvider<Engine> further) {
    EngineTools tools =
        EngineTools.of(properties, guards, home.path().resolve("engines"), ids, clock);
    return Engines.of(properties, tools, further.orderedStream().toList());
  }

  /** Begins to look; nothing waits for it. */
  @Bean(destroyMethod = "close")
  Discovery discovery(Engines engines) {
    return Discovery.begin(engines);
  }

  /**
   * After the guards, which end what an earlier life has left: a git of it would hold its locks.
   */
  @Bean
  @DependsOn("guards")
  Workspaces workspaces(
      Home home, WorkspaceProperties properties, CheckpointProperties checkpoints, Clock clock)
      throws IOException {
    return new Workspaces(home.path(), properties, checkpoints, clock);
  }

  /** What is wrong with the file is said at once, not by the first run. */
  @Bean
  Secrets secrets(Home home, WorkerProperties properties) throws SecretsException {
    Path file = properties.secrets();
    Secrets secrets =
        new Secrets(file == null ? home.path().resolve("secrets.yml") : file, System.getenv());
    secrets.check();
    return secrets;
  }

  @Bean
  KafkaRecordSender recordSender(KafkaClients clients) {
    return new KafkaRecordSender(clients::patientProducer);
  }

  @Bean
  Spools spools(Home home, KafkaRecordSender sender, WorkerProperties properties)
      throws IOException {
    return new Spools(spoolFolder(home), sender, properties.spoolLimit().toBytes());
  }

  private static Path spoolFolder(Home home) {
    return home.path().resolve("spool");
  }

  @Bean
  Producer<String, byte[]> promptProducer(KafkaClients clients, WorkerProperties properties) {
    return clients.impatientProducer(Math.toIntExact(properties.patience().toMillis()));
  }

  @Bean
  Runs runs(
      Engines engines,
      Workspaces workspaces,
      Secrets secrets,
      Prices prices,
      ToolServers toolServers,
      Spools spools,
      Home home,
      WorkerProperties properties,
      Ids ids,
      Clock clock,
      MeterRegistry meters) {
    return new Runs(
        engines,
        workspaces,
        secrets,
        prices,
        toolServers,
        spools,
        properties.machineId(),
        home.incarnation(),
        properties.cancelGrace(),
        ids,
        clock,
        new DispatchTimes(meters, DispatchStage.CLAIMED_TO_STARTED));
  }

  @Bean
  Heartbeats heartbeats(
      WorkerProperties properties,
      Home home,
      Engines engines,
      Discovery discovery,
      Ledger ledger,
      Duty duty,
      @Qualifier("promptProducer") Producer<String, byte[]> producer,
      Clock clock,
      BootClock boot,
      MeterRegistry meters) {
    @Nullable String version = WorkerApplication.class.getPackage().getImplementationVersion();
    Heartbeats heartbeats =
        new Heartbeats(
            new Identity(
                properties.machineId(),
                home.hostId(),
                WorkerProperties.hostName(),
                home.incarnation(),
                properties.pool(),
                properties.labelMap(),
                version == null ? "unpackaged" : version),
            properties.heartbeatInterval(),
            engines,
            ledger,
            duty,
            producer,
            clock,
            boot,
            meters);
    duty.onChange(heartbeats::now);
    discovery.onChange(heartbeats::now);
    return heartbeats;
  }
}
