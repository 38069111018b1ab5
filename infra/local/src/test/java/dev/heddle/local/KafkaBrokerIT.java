package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaBrokerIT {

  private static final String LAUNCH = UUID.randomUUID().toString();

  @TempDir Path folder;

  @Test
  void brokerOffersShareGroupsAndKeepsItsTopicsOverARestart() throws Exception {
    HeddleHome home = new HeddleHome(folder.resolve("Jürgen, zu Hause"));
    home.create();
    Ports ports = new Ports(RandomGenerator.getDefault());
    KafkaBroker kafka =
        new KafkaBroker(
            home, folder.resolve("images"), StartCaches.using(), ports.free(0), ports.free(0));

    Child first = start(kafka);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      FeatureMetadata features = admin.describeFeatures().featureMetadata().get();
      assertThat(features.finalizedFeatures().get("share.version").maxVersionLevel())
          .isGreaterThanOrEqualTo((short) 1);
      admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get();
      assertThat(home.kafka().resolve("data/meta.properties")).isRegularFile();
    } finally {
      first.stop();
    }

    // Other ports than before: what is stored does not depend on them.
    KafkaBroker moved =
        new KafkaBroker(
            home, folder.resolve("images"), StartCaches.using(), ports.free(0), ports.free(0));
    Child second = start(moved);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", moved.bootstrapServers()))) {
      assertThat(admin.listTopics().names().get()).contains("kept");
    } finally {
      second.stop();
    }
    assertThat(Signals.carrying(LAUNCH)).isEmpty();
  }

  private static Child start(KafkaBroker kafka) {
    Child child = new Child(kafka.prepare(), LAUNCH, (changed, what) -> {});
    child.start(Duration.ofSeconds(90));
    return child;
  }
}
