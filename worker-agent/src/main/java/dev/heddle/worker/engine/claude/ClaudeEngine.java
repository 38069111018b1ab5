package dev.heddle.worker.engine.claude;

import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineFailedException;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.Findings;
import dev.heddle.worker.engine.wire.JsonProcess;
import dev.heddle.worker.process.GuardedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Claude Code; a process of its own for each run, which goes on by the id of its conversation. */
public final class ClaudeEngine implements Engine {

  private final Cli cli;
  private final boolean root;

  public ClaudeEngine(Cli cli) {
    this.cli = cli;
    this.root = isRoot();
  }

  @Override
  public String name() {
    return cli.name();
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
    return new ClaudeGreeting(cli, variables()).look();
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
    ClaudeSettings settings = ClaudeSettings.of(task, () -> cli.tools().ids().next().toString());
    List<String> arguments = new ArrayList<>(settings.arguments());
    if (task.tools() != null) {
      arguments.addAll(ClaudeToolServer.arguments());
    }
    GuardedProcess process = cli.start(task, arguments, variables(settings));
    ClaudeRun run =
        new ClaudeRun(
            new JsonProcess(process, task, cli.tools()),
            task,
            settings,
            listener,
            cli.tools(),
            new ClaudePlan(cli.home(), settings.resumed()));
    run.begin();
    return run;
  }

  private Map<String, String> variables(ClaudeSettings settings) {
    Map<String, String> variables = variables();
    if (root && settings.asksNobody()) {
      // As root it skips no permission, unless it is told that this is meant.
      variables.put("IS_SANDBOX", "1");
    }
    return variables;
  }

  private Map<String, String> variables() {
    Map<String, String> variables = new TreeMap<>();
    variables.put("CLAUDE_CONFIG_DIR", cli.home().toString());
    // Which version runs is the operator's business, and a run is no time to change it.
    variables.put("DISABLE_AUTOUPDATER", "1");
    // Without a terminal it does not plan unless it is told that somebody looks.
    variables.put("CLAUDE_CODE_ENABLE_TODO_TOOLS", "1");
    return variables;
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      return false;
    }
  }
}
