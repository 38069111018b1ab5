package dev.heddle.worker.engine.acp;

import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineFailedException;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.Findings;
import dev.heddle.worker.engine.wire.JsonProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An agent that speaks the Agent Client Protocol, by the name under which it is configured. */
public final class AcpEngine implements Engine {

  private final Cli cli;
  private final AcpAgent agent;

  public AcpEngine(Cli cli, AcpAgent agent) {
    this.cli = cli;
    this.agent = agent;
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
    return new AcpGreeting(cli, variables()).look();
  }

  @Override
  public boolean takesInput() {
    return agent.steers();
  }

  /** Whether the agent does, it says only when it runs. */
  @Override
  public boolean takesTools() {
    return true;
  }

  @Override
  public EngineRun start(EngineTask task, EngineListener listener) throws EngineFailedException {
    JsonProcess process =
        new JsonProcess(cli.start(task, arguments(task), variables()), task, cli.tools());
    AcpRun run = new AcpRun(process, cli, agent, task, listener);
    run.begin();
    return run;
  }

  private Map<String, String> variables() {
    Map<String, String> variables = new TreeMap<>();
    agent.homeVariables().forEach(name -> variables.put(name, cli.home().toString()));
    return variables;
  }

  private List<String> arguments(EngineTask task) {
    List<String> arguments = new ArrayList<>();
    add(arguments, agent.modelArguments(), task.spec().model());
    add(arguments, agent.effortArguments(), task.spec().effort());
    return arguments;
  }

  private static void add(List<String> arguments, List<String> option, @Nullable String value) {
    if (!option.isEmpty() && value != null) {
      arguments.addAll(option);
      arguments.add(value);
    }
  }
}
