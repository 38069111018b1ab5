package dev.heddle.contracts;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The accepted state of a session, on {@link Topics#SESSION_CHANGED}.
 *
 * @param version rises by one with every change of the session; a consumer ignores what it has
 *     passed
 * @param session the whole state after the change
 * @param fact the accepted fact that caused the change; null where something else did, and where it
 *     is of a kind that this version does not know: the state counts all the same
 * @param cause for people, such as {@code claimed by worker-1} or {@code lease expired}
 * @param commands how commands ended that were asked for by id; told once and apart from versions,
 *     so also under one that was passed; null where nothing is said of any
 */
public record SessionChanged(
    SessionId sessionId,
    @Nullable ThreadId threadId,
    long version,
    SessionSnapshot session,
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", defaultImpl = Void.class)
        @Nullable SessionFact fact,
    String cause,
    Instant at,
    @Nullable List<CommandOutcome> commands)
    implements Keyed {

  public SessionChanged {
    commands = commands == null ? null : List.copyOf(commands);
  }

  /** A change that says nothing of commands. */
  public SessionChanged(
      SessionId sessionId,
      @Nullable ThreadId threadId,
      long version,
      SessionSnapshot session,
      @Nullable SessionFact fact,
      String cause,
      Instant at) {
    this(sessionId, threadId, version, session, fact, cause, at, null);
  }

  /** The commands, none where nothing is said of any. */
  public List<CommandOutcome> outcomes() {
    return commands == null ? List.of() : commands;
  }

  /** The thread, or the session where there is none. */
  @Override
  public String key() {
    return threadId == null ? sessionId.toString() : threadId.toString();
  }
}
