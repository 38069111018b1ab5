package dev.heddle.trace;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.contracts.TraceRecord.AttemptClosed;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Builds what the producers write for one session, in the order of the log. */
public final class Run {

  private static final Ids IDS = new Ids(Clock.systemUTC(), new SecureRandom());
  private static final MachineId MACHINE = new MachineId("m1");

  public final SessionId session;
  public final ThreadId thread;
  public final MessageId answer = new MessageId(IDS.next());
  private final MessageId prompt = new MessageId(IDS.next());
  private final List<TraceRecord> records = new ArrayList<>();
  private final Map<Integer, Long> workerSeq = new HashMap<>();
  private long version;
  private Instant at = Instant.parse("2026-11-21T10:00:00.123456Z");

  private Run(SessionId session, ThreadId thread) {
    this.session = session;
    this.thread = thread;
  }

  public static Run ofThread() {
    return new Run(new SessionId(IDS.next()), new ThreadId(IDS.next()));
  }

  public static Run ofThread(ThreadId thread) {
    return new Run(new SessionId(IDS.next()), thread);
  }

  public static Run withoutThread() {
    return new Run(new SessionId(IDS.next()), null);
  }

  public static Run of(SessionId session, ThreadId thread) {
    return new Run(session, thread);
  }

  public static UUID id() {
    return IDS.next();
  }

  public List<TraceRecord> records() {
    return records;
  }

  /** What was built since the last time. */
  public List<TraceRecord> drain() {
    List<TraceRecord> drained = List.copyOf(records);
    records.clear();
    return drained;
  }

  public Run prompt(String text) {
    return event(
        0,
        Origin.THREAD,
        1,
        new TraceBody.Message(prompt, Role.USER, text, MessageStatus.COMPLETED, false));
  }

  public Run status(SessionStatus status, int attempt, String reason) {
    version += 2;
    return event(
        0,
        Origin.SESSION,
        version,
        new TraceBody.StatusEntered(
            status, attempt, status == SessionStatus.QUEUED ? null : MACHINE, reason));
  }

  public Run status(SessionStatus status, int attempt) {
    return status(status, attempt, null);
  }

  public Run worker(int attempt, TraceBody body) {
    return event(attempt, Origin.WORKER, workerSeq.merge(attempt, 1L, Long::sum), body);
  }

  public Run phase(int attempt, Phase phase) {
    return worker(attempt, new TraceBody.PhaseEntered(phase, null));
  }

  public Run engineStarted(int attempt) {
    return worker(
        attempt, new TraceBody.EngineStarted("command", "1", null, "/w/one", "heddle/one"));
  }

  public Run line(int attempt, String text) {
    return worker(
        attempt, new TraceBody.EngineOutput(ProcessStream.STDOUT, answer, text, 0, false, false));
  }

  public Run stderr(int attempt, String text) {
    return worker(
        attempt, new TraceBody.EngineOutput(ProcessStream.STDERR, null, text, 0, false, false));
  }

  public Run tool(int attempt, String id, ToolStatus status, String output) {
    return worker(
        attempt, new TraceBody.ToolCall(id, "bash", "run", "ls", output, null, null, status));
  }

  public Run answer(int attempt, String text, MessageStatus status) {
    return worker(attempt, new TraceBody.Message(answer, Role.ASSISTANT, text, status, false));
  }

  public Run closed(int attempt, String reason) {
    records.add(new AttemptClosed(session, thread, attempt, reason, tick()));
    return this;
  }

  public Run event(int attempt, Origin origin, long seq, TraceBody body) {
    records.add(new TraceEvent(session, thread, attempt, origin, seq, tick(), body));
    return this;
  }

  /** Everything of a run with one attempt, as session-service and a worker write it. */
  public Run typical(String... lines) {
    prompt("do it")
        .status(SessionStatus.QUEUED, 0)
        .status(SessionStatus.CLAIMED, 1)
        .phase(1, Phase.PREPARING)
        .phase(1, Phase.STARTING)
        .engineStarted(1);
    for (int i = 0; i < lines.length; i++) {
      line(1, lines[i]);
      if (i == 0) {
        status(SessionStatus.RUNNING, 1);
      }
    }
    return worker(1, new TraceBody.EngineExited(0, 1200))
        .worker(1, new TraceBody.Repository("heddle/one", "/w/one", "abc", 1))
        .answer(1, String.join("\n", lines), MessageStatus.COMPLETED)
        .end(SessionStatus.COMPLETED, 1);
  }

  /** The end of the last attempt: it is closed, then the session has its last status. */
  public Run end(SessionStatus status, int attempt) {
    return closed(attempt, status.wire()).status(status, attempt);
  }

  private Instant tick() {
    at = at.plusMillis(10);
    return at;
  }
}
