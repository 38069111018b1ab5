package dev.heddle.worker.run;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.Ids;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.RunSpec;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceId;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.messaging.DispatchStage;
import dev.heddle.messaging.DispatchTimes;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.Engines;
import dev.heddle.worker.mcp.TestToolServers;
import dev.heddle.worker.secret.Secrets;
import dev.heddle.worker.spool.Spools;
import dev.heddle.worker.workspace.TestWorkspaces;
import dev.heddle.worker.workspace.Workspaces;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Runs of one engine, with everything around them but a broker. */
public final class RunBench {

  private final Ids ids = new Ids(Clock.systemUTC(), new Random());
  private final String engine;
  private final Runs runs;

  /** What was reported, in the order of sending. */
  public final List<String> reported = new CopyOnWriteArrayList<>();

  public RunBench(Path home, Engine engine) throws IOException {
    this(home, engine, new Engines(List.of(engine)));
  }

  /** With a shell for set-up commands. */
  RunBench(Path home, Engine engine, Engines engines) throws IOException {
    this(home, engine, engines, TestWorkspaces.in(home, Duration.ofMinutes(1), Clock.systemUTC()));
  }

  RunBench(Path home, Engine engine, Engines engines, Workspaces workspaces) throws IOException {
    this.engine = engine.name();
    this.runs =
        new Runs(
            engines,
            workspaces,
            new Secrets(home.resolve("secrets.yml"), Map.of()),
            new Prices(Map.of()),
            TestToolServers.listening(),
            new Spools(
                home.resolve("spool"),
                (topic, key, payload, done) -> {
                  reported.add(topic + " " + new String(payload, StandardCharsets.UTF_8));
                  done.accept(null);
                },
                1_000_000),
            new MachineId("m"),
            1,
            Duration.ofSeconds(1),
            ids,
            Clock.systemUTC(),
            new DispatchTimes(new SimpleMeterRegistry(), DispatchStage.CLAIMED_TO_STARTED));
  }

  /** Begins the first attempt of a new session in an empty folder. */
  public Run begin(long deadline) throws IOException {
    return begin(new SessionId(ids.next()), 1, deadline);
  }

  /** Begins an attempt in the folder of its session. */
  Run begin(SessionId session, int attempt, long deadline) throws IOException {
    return begin(session, attempt, deadline, "prompt", null);
  }

  /** Begins the first attempt of a new session with a prompt of its own. */
  Run begin(String prompt, @Nullable Continuation from) throws IOException {
    return begin(new SessionId(ids.next()), 1, Long.MAX_VALUE, prompt, from);
  }

  private Run begin(
      SessionId session, int attempt, long deadline, String prompt, @Nullable Continuation from)
      throws IOException {
    return begin(session, null, attempt, deadline, prompt, new WorkspaceSpec.Scratch(), from);
  }

  /** Begins the first attempt of a new session of a thread. */
  Run begin(ThreadId thread, WorkspaceSpec workspace, String prompt, @Nullable Continuation from)
      throws IOException {
    return begin(new SessionId(ids.next()), thread, 1, Long.MAX_VALUE, prompt, workspace, from);
  }

  /** Begins an attempt of a session of a thread. */
  Run begin(
      SessionId session,
      ThreadId thread,
      int attempt,
      WorkspaceSpec workspace,
      String prompt,
      @Nullable Continuation from)
      throws IOException {
    return begin(session, thread, attempt, Long.MAX_VALUE, prompt, workspace, from);
  }

  private Run begin(
      SessionId session,
      @Nullable ThreadId thread,
      int attempt,
      long deadline,
      String prompt,
      WorkspaceSpec workspace,
      @Nullable Continuation from)
      throws IOException {
    return runs.begin(
        new ClaimGranted(
            new MachineId("m"),
            1,
            new ClaimId(ids.next()),
            session,
            thread,
            attempt,
            new RunSpec(
                new ProjectRef(new ProjectId(ids.next()), "p"),
                null,
                prompt,
                EngineSpec.of(engine),
                workspace,
                from),
            Instant.now(),
            15_000L,
            null),
        TraceId.random(),
        deadline);
  }
}
