package dev.heddle.thread.run;

import dev.heddle.contracts.SessionId;
import java.time.Instant;

/** Said within the transaction in which a person stops a run, which is locked. */
public record RunStopped(ThreadRun run, SessionId session, String by, String why, Instant at) {}
