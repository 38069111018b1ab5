package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.EngineState.ApprovalPolicy;
import dev.heddle.contracts.EngineState.Sandbox;
import dev.heddle.contracts.PermissionPosture;
import org.jspecify.annotations.Nullable;

/**
 * What a permission is in the settings of Codex.
 *
 * <table>
 *   <tr><th>permission</th><th>approvals</th><th>sandbox</th></tr>
 *   <tr><td>plan</td><td>never asks, so that what the sandbox refuses stays refused</td><td>reads
 *       only</td></tr>
 *   <tr><td>ask</td><td>asks for all but programs known to only read</td><td>writes the
 *       workspace, once that is allowed</td></tr>
 *   <tr><td>edit</td><td>asks for what the sandbox would refuse</td><td>writes the
 *       workspace</td></tr>
 *   <tr><td>full</td><td>never</td><td>none</td></tr>
 * </table>
 */
record Posture(ApprovalPolicy approvals, Sandbox sandbox) {

  static Posture of(@Nullable PermissionPosture permission) {
    return switch (permission) {
      case PLAN -> new Posture(ApprovalPolicy.NEVER, Sandbox.READ_ONLY);
      case EDIT -> new Posture(ApprovalPolicy.ON_REQUEST, Sandbox.WORKSPACE_WRITE);
      case FULL -> new Posture(ApprovalPolicy.NEVER, Sandbox.DANGER_FULL_ACCESS);
      case ASK -> asks();
      case null -> asks();
    };
  }

  private static Posture asks() {
    return new Posture(ApprovalPolicy.UNTRUSTED, Sandbox.WORKSPACE_WRITE);
  }
}
