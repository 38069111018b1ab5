package dev.heddle.worker.engine.codex;

import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineFailedException;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.wire.JsonProcess;
import dev.heddle.worker.engine.wire.JsonRpc;
import dev.heddle.worker.engine.wire.Story;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** OpenAI's Codex, by the app server of its command line. */
public final class CodexEngine implements Engine {

  public static final String NAME = "codex";

  private static final String WORKER_VERSION =
      Objects.requireNonNullElse(
          CodexEngine.class.getPackage().getImplementationVersion(), "unpackaged");

  private final Cli cli;
  private final @Nullable String version;

  public CodexEngine(Cli cli) {
    this.cli = cli;
    this.version = cli.version();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public @Nullable String version() {
    return version;
  }

  @Override
  public boolean takesInput() {
    return true;
  }

  @Override
  public boolean takesTools() {
    return true;
  }

  @Override
  public EngineRun start(EngineTask task, EngineListener listener) throws EngineFailedException {
    EngineTools tools = cli.tools();
    JsonProcess process =
        new JsonProcess(
            cli.start(task, List.of("app-server"), Map.of("CODEX_HOME", cli.home().toString())),
            task,
            tools);
    Story story = new Story(task, listener, tools);
    JsonRpc rpc = new JsonRpc(process, false);
    CodexTurn turn = new CodexTurn(new Opening(task, WORKER_VERSION), listener, story, rpc);
    CodexRun run = new CodexRun(process, turn, story, tools);
    run.begin(rpc);
    return run;
  }
}
