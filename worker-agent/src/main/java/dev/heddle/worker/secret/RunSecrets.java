package dev.heddle.worker.secret;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one run.
 *
 * @param variables what its engine gets, by the name of the variable
 * @param redactor hides every secret that this machine knows, not only those of the run: an engine
 *     may find others on the disk
 * @param problem why the secrets cannot be told, and nothing may run; null where they can
 */
public record RunSecrets(
    Map<String, String> variables, Redactor redactor, @Nullable String problem) {

  /** For a run that has none, on a machine that knows none. */
  public static final RunSecrets NONE = new RunSecrets(Map.of(), Redactor.NONE, null);

  public RunSecrets {
    variables = Map.copyOf(variables);
  }

  /** The same, with something else that nobody may see. */
  public RunSecrets hiding(String name, String value) {
    return new RunSecrets(variables, redactor.and(name, value), problem);
  }

  /** Names the variables alone. */
  @Override
  public String toString() {
    return "RunSecrets" + variables.keySet();
  }
}
