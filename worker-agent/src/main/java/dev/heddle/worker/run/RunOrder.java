package dev.heddle.worker.run;

import dev.heddle.contracts.CheckpointTarget;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.RepositoryAction;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.RunSpec;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.contracts.WorkspaceSpec.SharedCheckpoints;
import dev.heddle.messaging.LogScope;
import dev.heddle.worker.process.RunMarker;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a grant says is to be run.
 *
 * @param trace under which it logs and reports
 * @param grantedAt by the clock of session-service
 */
record RunOrder(
    SessionId sessionId,
    @Nullable ThreadId threadId,
    int attempt,
    RunSpec spec,
    RunMarker marker,
    TraceId trace,
    Instant grantedAt) {

  /** Work on it, on a thread that does nothing else meanwhile. */
  LogScope scope() {
    return LogScope.of(trace).session(sessionId, threadId, attempt);
  }

  /** Whose workspace it is: the thread's, or the session's where there is none. */
  String owner() {
    return threadId == null ? sessionId.toString() : threadId.toString();
  }

  /** What it is for. */
  RunPurpose purpose() {
    Continuation from = spec.continuation();
    return from == null ? RunPurpose.TURN : from.purpose();
  }

  /** The last message before it on its branch; null where there is none, or nobody said. */
  @Nullable MessageId after() {
    Continuation from = spec.continuation();
    return from == null ? null : from.after();
  }

  /** The checkpoint to which it resets the files; null where nobody said. */
  @Nullable CheckpointTarget resetTo() {
    Continuation from = spec.continuation();
    return from == null ? null : from.resetTo();
  }

  /** What it does with the repository; null where nobody said, or it is of the future. */
  @Nullable RepositoryAction action() {
    Continuation from = spec.continuation();
    return from == null ? null : from.action();
  }

  /** Of the checkpoints of its thread; null where they stay on the machine. */
  @Nullable SharedCheckpoints shared() {
    return spec.workspace() instanceof WorkspaceSpec.Worktree worktree ? worktree.shared() : null;
  }

  /** Variables that tell an engine which run it is. */
  Map<String, String> identity() {
    Map<String, String> identity = new TreeMap<>();
    identity.put("HEDDLE_SESSION_ID", sessionId.toString());
    identity.put("HEDDLE_ATTEMPT", Integer.toString(attempt));
    if (threadId != null) {
      identity.put("HEDDLE_THREAD_ID", threadId.toString());
    }
    return identity;
  }
}
