package dev.heddle.worker.engine.acp;

import dev.heddle.worker.engine.CliSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the worker calls one agent, and what the protocol leaves open of it.
 *
 * @param command the argument vector
 * @param home where the agent keeps its conversations, settings and sign-in; null for a folder of
 *     its name under the worker's home
 * @param environment names of variables of the worker that it inherits
 * @param homeVariables names of variables that tell it its home
 * @param modelArguments what is put before the name of a model, behind the command; empty where a
 *     model is chosen by the protocol only
 * @param effortArguments the same for the reasoning effort
 * @param steers whether a prompt that comes during another joins it; where not, it would end it,
 *     and a person's message waits for the next turn
 * @param usage what the tokens in an answer are of; null where nobody said, which is turn
 * @param notices beginnings of pieces of text by which the program itself speaks, not the model
 * @param errors beginnings of the last piece of text by which it tells that the turn has failed,
 *     though its answer does not say so
 */
public record AcpAgent(
    List<String> command,
    @Nullable Path home,
    List<String> environment,
    List<String> homeVariables,
    List<String> modelArguments,
    List<String> effortArguments,
    boolean steers,
    @Nullable UsageScope usage,
    List<String> notices,
    List<String> errors) {

  /** What the figures in an answer to a prompt are of. */
  public enum UsageScope {
    /** Of that prompt alone: each is added. */
    TURN,
    /** Of all prompts of the process: the last one counts. */
    PROCESS
  }

  public AcpAgent(
      @Nullable List<String> command,
      @Nullable Path home,
      @Nullable List<String> environment,
      @Nullable List<String> homeVariables,
      @Nullable List<String> modelArguments,
      @Nullable List<String> effortArguments,
      boolean steers,
      @Nullable UsageScope usage,
      @Nullable List<String> notices,
      @Nullable List<String> errors) {
    this.command = listed(command);
    this.home = home;
    this.environment = listed(environment);
    this.homeVariables = listed(homeVariables);
    this.modelArguments = listed(modelArguments);
    this.effortArguments = listed(effortArguments);
    this.steers = steers;
    this.usage = usage;
    this.notices = listed(notices);
    this.errors = listed(errors);
  }

  private static List<String> listed(@Nullable List<String> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /** Where this says nothing, what another says. */
  AcpAgent or(AcpAgent other) {
    return new AcpAgent(
        or(command, other.command),
        home == null ? other.home : home,
        or(environment, other.environment),
        or(homeVariables, other.homeVariables),
        or(modelArguments, other.modelArguments),
        or(effortArguments, other.effortArguments),
        steers || other.steers,
        usage == null ? other.usage : usage,
        or(notices, other.notices),
        or(errors, other.errors));
  }

  private static List<String> or(List<String> said, List<String> other) {
    return said.isEmpty() ? other : said;
  }

  /** How its program is called. */
  public CliSettings cli() {
    return new CliSettings(command, home, environment);
  }
}
