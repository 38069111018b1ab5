package dev.heddle.worker.engine.codex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.EngineState.ApprovalPolicy;
import dev.heddle.contracts.EngineState.Sandbox;
import dev.heddle.contracts.PermissionPosture;
import org.junit.jupiter.api.Test;

class PostureTest {

  @Test
  void planNeitherWritesNorAsks() {
    assertThat(Posture.of(PermissionPosture.PLAN))
        .isEqualTo(new Posture(ApprovalPolicy.NEVER, Sandbox.READ_ONLY, false));
  }

  @Test
  void askAsksForAllThatDoesMoreThanRead() {
    assertThat(Posture.of(PermissionPosture.ASK))
        .isEqualTo(new Posture(ApprovalPolicy.UNTRUSTED, Sandbox.WORKSPACE_WRITE, false));
  }

  @Test
  void whereNobodySaidItAsks() {
    assertThat(Posture.of(null)).isEqualTo(Posture.of(PermissionPosture.ASK));
  }

  @Test
  void editAsksForAllButChangesOfFiles() {
    assertThat(Posture.of(PermissionPosture.EDIT))
        .isEqualTo(new Posture(ApprovalPolicy.UNTRUSTED, Sandbox.WORKSPACE_WRITE, true));
  }

  @Test
  void fullNeverAsksAndHasNoSandbox() {
    assertThat(Posture.of(PermissionPosture.FULL))
        .isEqualTo(new Posture(ApprovalPolicy.NEVER, Sandbox.DANGER_FULL_ACCESS, true));
  }
}
