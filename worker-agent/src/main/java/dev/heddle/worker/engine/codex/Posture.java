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
 *   <tr><td>edit</td><td>the same; the worker allows changes of files in the workspace by
 *       itself</td><td>writes the workspace</td></tr>
 *   <tr><td>full</td><td>never</td><td>none</td></tr>
 * </table>
 *
 * @param editsUnasked whether it may change files of the workspace without asking anybody, for
 *     which Codex has no setting of its own
 */
record Posture(ApprovalPolicy approvals, Sandbox sandbox, boolean editsUnasked) {

  static Posture of(@Nullable PermissionPosture permission) {
    return switch (permission) {
      case PLAN -> new Posture(ApprovalPolicy.NEVER, Sandbox.READ_ONLY, false);
      case ASK -> asks(false);
      case EDIT -> asks(true);
      case FULL -> new Posture(ApprovalPolicy.NEVER, Sandbox.DANGER_FULL_ACCESS, true);
      case null -> asks(false);
    };
  }

  private static Posture asks(boolean editsUnasked) {
    return new Posture(ApprovalPolicy.UNTRUSTED, Sandbox.WORKSPACE_WRITE, editsUnasked);
  }
}
