package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What thread-service asks of session-service, on {@link Topics#SESSION_REQUESTED}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface SessionRequest extends Keyed {

  SessionId sessionId();

  /** Null for a session of a project alone. */
  @Nullable ThreadId threadId();

  /** The thread, or the session where there is none. */
  @Override
  default String key() {
    ThreadId thread = threadId();
    return thread == null ? sessionId().toString() : thread.toString();
  }

  /**
   * Run this. Idempotent by the session's id: a known one is answered by its current state.
   *
   * @param messageId the user's message that the run answers
   * @param prompt at most 256 KiB in UTF-8
   * @param requestedBy the person
   * @param continuation from where it goes on; null from a thread-service that did not tell
   * @param affinity where its thread has what it goes on with; null from a thread-service that did
   *     not tell
   */
  @JsonTypeName("run.requested")
  record RunRequested(
      SessionId sessionId,
      ThreadId threadId,
      MessageId messageId,
      ProjectRef project,
      String prompt,
      EngineSpec engine,
      Requirements requirements,
      WorkspaceSpec workspace,
      Priority priority,
      String requestedBy,
      Instant requestedAt,
      @Nullable Continuation continuation,
      @Nullable Affinity affinity)
      implements SessionRequest {

    /** One that any machine may run. */
    public RunRequested(
        SessionId sessionId,
        ThreadId threadId,
        MessageId messageId,
        ProjectRef project,
        String prompt,
        EngineSpec engine,
        Requirements requirements,
        WorkspaceSpec workspace,
        Priority priority,
        String requestedBy,
        Instant requestedAt,
        @Nullable Continuation continuation) {
      this(
          sessionId,
          threadId,
          messageId,
          project,
          prompt,
          engine,
          requirements,
          workspace,
          priority,
          requestedBy,
          requestedAt,
          continuation,
          null);
    }

    /** One that begins. */
    public RunRequested(
        SessionId sessionId,
        ThreadId threadId,
        MessageId messageId,
        ProjectRef project,
        String prompt,
        EngineSpec engine,
        Requirements requirements,
        WorkspaceSpec workspace,
        Priority priority,
        String requestedBy,
        Instant requestedAt) {
      this(
          sessionId,
          threadId,
          messageId,
          project,
          prompt,
          engine,
          requirements,
          workspace,
          priority,
          requestedBy,
          requestedAt,
          null,
          null);
    }
  }

  /**
   * End this, in whatever state it is. A session that is over stays as it is.
   *
   * @param reason for people, such as {@code thread archived}; null where a person just said so
   */
  @JsonTypeName("cancel.requested")
  record CancelRequested(
      SessionId sessionId,
      ThreadId threadId,
      String requestedBy,
      @Nullable String reason,
      Instant requestedAt)
      implements SessionRequest {}

  /**
   * Tell the engine what was decided. Idempotent by the command's id, whose outcome {@link
   * SessionChanged#commands} tells.
   *
   * @param requestedBy who decided: a person or a service
   */
  @JsonTypeName("decision.requested")
  record DecisionRequested(
      SessionId sessionId,
      @Nullable ThreadId threadId,
      CommandId commandId,
      Decision decision,
      String requestedBy,
      Instant requestedAt)
      implements SessionRequest {}

  /**
   * Say this to the engine while it runs. Idempotent by the command's id, whose outcome {@link
   * SessionChanged#commands} tells.
   *
   * @param text at most 256 KiB in UTF-8
   * @param requestedBy the person
   */
  @JsonTypeName("input.requested")
  record InputRequested(
      SessionId sessionId,
      @Nullable ThreadId threadId,
      CommandId commandId,
      String text,
      String requestedBy,
      Instant requestedAt)
      implements SessionRequest {}

  /**
   * Tell the engine what became of a task that it wanted delegated. Idempotent by the command's id,
   * whose outcome {@link SessionChanged#commands} tells.
   *
   * @param attempt that wanted it; no other is told
   */
  @JsonTypeName("delegation.answered")
  record DelegationAnswered(
      SessionId sessionId,
      ThreadId threadId,
      CommandId commandId,
      int attempt,
      DelegationReply reply,
      Instant requestedAt)
      implements SessionRequest {}
}
