package dev.heddle.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/** A Kafka broker of our own: one node, broker and controller in one JVM, loopback only. */
final class KafkaBroker {

  private final HeddleHome home;
  private final Path images;
  private final StartCaches caches;
  private final int port;
  private final int controllerPort;

  KafkaBroker(HeddleHome home, Path images, StartCaches caches, int port, int controllerPort) {
    this.home = home;
    this.images = images;
    this.caches = caches;
    this.port = port;
    this.controllerPort = controllerPort;
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Writes the broker's configuration and describes its process. */
  ChildSpec prepare() {
    Path configuration = home.kafka().resolve("server.properties");
    Path clusterId = home.kafka().resolve("cluster-id");
    try {
      Optional<String> kept = WholeFile.read(clusterId);
      String cluster = kept.isPresent() ? kept.get() : Uuid.randomUuid().toString();
      if (kept.isEmpty()) {
        WholeFile.write(clusterId, cluster + "\n");
      }
      write(configuration);
      String classPath = OwnClassPath.lasting(images);
      List<String> command = new ArrayList<>();
      command.add(Programs.java());
      command.addAll(caches.options(OwnClassPath.startCache(images, "kafka", classPath)));
      command.addAll(
          List.of(
              "-Xmx512m",
              "-XX:TieredStopAtLevel=1",
              "-XX:+ExitOnOutOfMemoryError",
              "-XX:-UsePerfData",
              "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
              "-Dorg.slf4j.simpleLogger.showDateTime=true",
              "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
              "-cp",
              classPath,
              BrokerMain.class.getName(),
              configuration.toString(),
              cluster));
      return new ChildSpec(
          "kafka",
          command,
          ChildSpec.cleanEnvironment(),
          home.kafka(),
          home.log("kafka"),
          port,
          this::answers,
          "TERM",
          Duration.ofSeconds(30));
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot write " + configuration + ": " + e, e);
    }
  }

  /** In the format of Java's properties, by which the broker reads it again. */
  private void write(Path configuration) throws IOException {
    Properties properties = new Properties();
    properties.putAll(settings());
    try (OutputStream out = Files.newOutputStream(configuration)) {
      properties.store(out, null);
    }
  }

  /**
   * What one node needs: every internal topic with one replica, and share groups that react fast.
   */
  private Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put(
        "listeners", "BROKER://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", "BROKER://127.0.0.1:" + port);
    settings.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "BROKER");
    settings.put("controller.listener.names", "CONTROLLER");
    // Below the broker's own folder: the path of a home may hold a comma, which divides a list.
    settings.put("log.dirs", "data");
    settings.put("auto.create.topics.enable", "false");
    settings.put("default.replication.factor", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "4");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "4");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.share.min.heartbeat.interval.ms", "500");
    settings.put("group.share.min.record.lock.duration.ms", "1000");
    settings.put("log.retention.check.interval.ms", "300000");
    settings.put("log.segment.bytes", Integer.toString(64 * 1024 * 1024));
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 * 1024 * 1024));
    settings.put("message.max.bytes", Integer.toString(2 * 1024 * 1024));
    settings.put("replica.fetch.max.bytes", Integer.toString(2 * 1024 * 1024));
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    return settings;
  }

  private boolean answers() {
    if (!Ports.answers(port)) {
      return false;
    }
    Map<String, Object> client =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
    try (Admin admin = Admin.create(client)) {
      return !admin.describeCluster().nodes().get(6, TimeUnit.SECONDS).isEmpty();
    } catch (ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
