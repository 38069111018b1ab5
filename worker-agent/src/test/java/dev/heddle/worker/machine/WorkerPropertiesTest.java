package dev.heddle.worker.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.worker.engine.EngineProperties;
import dev.heddle.worker.engine.acp.AcpAgent;
import dev.heddle.worker.workspace.CheckpointProperties;
import dev.heddle.worker.workspace.WorkspaceProperties;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.util.unit.DataSize;

class WorkerPropertiesTest {

  @EnableConfigurationProperties({
    WorkerProperties.class,
    EngineProperties.class,
    WorkspaceProperties.class,
    CheckpointProperties.class
  })
  static class All {}

  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withInitializer(new ConfigDataApplicationContextInitializer())
          .withUserConfiguration(All.class);

  @Test
  void theDefaultsAreThoseOfTheFile() {
    application.run(context -> {
      WorkerProperties worker = context.getBean(WorkerProperties.class);
      assertThat(worker.slots()).isEqualTo(4);
      assertThat(worker.pool()).isEqualTo("default");
      assertThat(worker.labelMap()).isEmpty();
      assertThat(worker.heartbeatInterval()).isEqualTo(Duration.ofSeconds(3));
      assertThat(worker.guardTimes())
          .isEqualTo(new GuardTimes(Duration.ofSeconds(3), Duration.ofSeconds(3)));
      assertThat(worker.patience()).isEqualTo(Duration.ofSeconds(15));
      assertThat(worker.cancelGrace()).isEqualTo(Duration.ofSeconds(5));
      assertThat(worker.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
      assertThat(worker.spoolLimit()).isEqualTo(DataSize.ofMegabytes(64));
      assertThat(worker.machineId().value()).isNotBlank();
      EngineProperties engines = context.getBean(EngineProperties.class);
      assertThat(engines.engines()).containsExactly("command", "auto");
      assertThat(engines.command()).containsExactly("bash", "-s");
      assertThat(engines.outputBytes()).isEqualTo(DataSize.ofMegabytes(32));
      assertThat(engines.outputLines()).isEqualTo(100_000);
      assertThat(engines.acp()).containsOnlyKeys("copilot", "gemini", "opencode");
      WorkspaceProperties workspace = context.getBean(WorkspaceProperties.class);
      assertThat(workspace.fetchAge()).isEqualTo(Duration.ofSeconds(10));
      assertThat(workspace.cloneTimeout()).isEqualTo(Duration.ofMinutes(10));
      assertThat(workspace.setupTimeout()).isEqualTo(Duration.ofMinutes(15));
      assertThat(workspace.minFree()).isEqualTo(DataSize.ofMegabytes(512));
      assertThat(workspace.unusedAfter()).isEqualTo(Duration.ofDays(30));
      assertThat(workspace.archivedAfter()).isEqualTo(Duration.ofDays(7));
      assertThat(workspace.quota()).isEqualTo(DataSize.ofBytes(0));
      assertThat(workspace.forgeCommand()).isEqualTo("gh");
      CheckpointProperties checkpoints = context.getBean(CheckpointProperties.class);
      assertThat(checkpoints.enabled()).isTrue();
      assertThat(checkpoints.fileLimit()).isEqualTo(DataSize.ofMegabytes(50));
      assertThat(checkpoints.remoteTimeout()).isEqualTo(Duration.ofSeconds(60));
    });
  }

  @Test
  void aMachineIsDescribedInAFewWords() {
    application
        .withPropertyValues(
            "heddle.worker.labels=gpu=yes, zone=eu",
            "heddle.worker.id=box-7",
            "heddle.worker.home=/somewhere")
        .run(context -> {
          WorkerProperties worker = context.getBean(WorkerProperties.class);
          assertThat(worker.machineId().value()).isEqualTo("box-7");
          assertThat(worker.home()).isEqualTo(Path.of("/somewhere"));
          assertThat(worker.labelMap()).isEqualTo(Map.of("gpu", "yes", "zone", "eu"));
        });
  }

  @Test
  void workspacesAreBoundAsTheirKeysSay() {
    application
        .withPropertyValues(
            "heddle.worker.workspace.quota=20GB",
            "heddle.worker.workspace.archived-after=0d",
            "heddle.worker.workspace.forge-command=/opt/gh",
            "heddle.worker.checkpoint.remote-timeout=5m")
        .run(context -> {
          WorkspaceProperties workspace = context.getBean(WorkspaceProperties.class);
          assertThat(workspace.quota()).isEqualTo(DataSize.ofGigabytes(20));
          assertThat(workspace.archivedAfter()).isZero();
          assertThat(workspace.forgeCommand()).isEqualTo("/opt/gh");
          assertThat(context.getBean(CheckpointProperties.class).remoteTimeout())
              .isEqualTo(Duration.ofMinutes(5));
        });
  }

  @Test
  void aKnownAgentKeepsWhatIsNotConfigured() {
    application
        .withPropertyValues("heddle.worker.acp.copilot.command=/opt/copilot,--acp")
        .run(context -> {
          AcpAgent copilot = context.getBean(EngineProperties.class).acp().get("copilot");
          assertThat(copilot.command()).containsExactly("/opt/copilot", "--acp");
          assertThat(copilot.homeVariables()).containsExactly("COPILOT_HOME");
          assertThat(copilot.usage()).isEqualTo(AcpAgent.UsageScope.PROCESS);
          assertThat(copilot.errors()).containsExactly("Error: ");
        });
  }

  @Test
  void anyAgentIsAddedByItsCommand() {
    application
        .withPropertyValues(
            "heddle.worker.acp.mine.command=mine,--acp", "heddle.worker.acp.mine.steers=true")
        .run(context -> {
          AcpAgent mine = context.getBean(EngineProperties.class).acp().get("mine");
          assertThat(mine.command()).containsExactly("mine", "--acp");
          assertThat(mine.steers()).isTrue();
          assertThat(mine.usage()).isNull();
        });
  }

  @ParameterizedTest
  @CsvSource({
    "acp.mine.steers, true, heddle.worker.acp.mine.command",
    "id, UPPER, heddle.worker.id",
    "slots, 0, heddle.worker.slots",
    "pool, Not A Pool, heddle.worker.pool",
    "labels, novalue, heddle.worker.labels",
    "heartbeat-interval, 99ms, heddle.worker.heartbeat-interval",
    "guard-margin, 499ms, heddle.worker.guard-margin",
    "claim-resend, 0s, heddle.worker.claim-resend",
    "cancel-grace, -1s, heddle.worker.cancel-grace",
    "drain-timeout, -1s, heddle.worker.drain-timeout",
    "spool-limit, 1KB, heddle.worker.spool-limit",
    "engines, '', heddle.worker.engines",
    "command, '', heddle.worker.command",
    "output-lines, 0, heddle.worker.output-lines",
    "workspace.fetch-age, -1s, heddle.worker.workspace.fetch-age",
    "workspace.clone-timeout, 0s, heddle.worker.workspace.clone-timeout",
    "workspace.setup-timeout, 0s, heddle.worker.workspace.setup-timeout",
    "workspace.min-free, -1B, heddle.worker.workspace.min-free",
    "workspace.unused-after, -1d, heddle.worker.workspace.unused-after",
    "workspace.archived-after, -1d, heddle.worker.workspace.archived-after",
    "workspace.quota, -1B, heddle.worker.workspace.quota",
    "workspace.forge-command, '', heddle.worker.workspace.forge-command",
    "checkpoint.file-limit, 0B, heddle.worker.checkpoint.file-limit",
    "checkpoint.remote-timeout, 0s, heddle.worker.checkpoint.remote-timeout"
  })
  void aBadValueIsRefusedWithTheNameOfItsKey(String key, String value, String named) {
    application
        .withPropertyValues("heddle.worker." + key + "=" + value)
        .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(named));
  }
}
