package dev.heddle.worker.engine.codex;

import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineFailedException;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.Findings;
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

  /** The argument by which it becomes the server of a client. */
  static final String SERVER = "app-server";

  private static final String WORKER_VERSION =
      Objects.requireNonNullElse(
          CodexEngine.class.getPackage().getImplementationVersion(), "unpackaged");

  private final Cli cli;

  public CodexEngine(Cli cli) {
    this.cli = cli;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public @Nullable String version() {
    return cli.version();
  }

  @Override
  public @Nullable String obstacle() {
    return cli.obstacle();
  }

  @Override
  public Findings look() {
    return new CodexGreeting(cli, Opening.greeting(WORKER_VERSION), variables()).look();
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
        new JsonProcess(cli.start(task, List.of(SERVER), variables()), task, tools);
    Story story = new Story(task, listener, tools);
    JsonRpc rpc = new JsonRpc(process, false);
    CodexTurn turn = new CodexTurn(new Opening(task, WORKER_VERSION), listener, story, rpc);
    CodexRun run = new CodexRun(process, turn, story, tools);
    run.begin(rpc);
    return run;
  }

  private Map<String, String> variables() {
    return Map.of("CODEX_HOME", cli.home().toString());
  }
}
