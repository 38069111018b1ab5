package dev.heddle.thread.delegation;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.heddle.contracts.Priority;
import dev.heddle.messaging.Json;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.PathId;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.budget.Budget;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.turn.Said;
import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The body of a task that a thread delegates. A setting that is left out is that of the parent, or
 * of the thread that is adopted.
 *
 * @param key names the task among those of the parent; repeated with the same content, it changes
 *     nothing and is answered as the first time
 * @param text what the agent is to do, at most 256 KiB in UTF-8
 * @param engine the engine to use
 * @param model the engine's own name for a model
 * @param mode the engine's own name for a mode
 * @param effort the reasoning effort
 * @param command the argument vector of the {@code command} engine
 * @param project the id or name of the project; without one that of the parent
 * @param pool the pool whose machines may run it
 * @param machine the one machine that may run it
 * @param labels that the machine must carry
 * @param priority how urgent it is; {@code normal} where nothing is said
 * @param visibility whether the list of threads shows the child; {@code hidden} where nothing is
 *     said
 * @param tellsParent whether each result is said to the parent, which then answers it; {@code
 *     false} where nothing is said
 * @param thread the UUID of a thread of the same project that shall do it; without one a new thread
 *     is made
 * @param budget what the child may spend, with all that it delegates itself
 */
record DelegationRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "tests") @Nullable String key,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "Write the tests for the basket")
        @Nullable String text,
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Nullable String project,
    @Nullable String pool,
    @Nullable String machine,
    @Nullable Map<String, String> labels,
    @Schema(implementation = Priority.class) @Nullable String priority,
    @Schema(implementation = Visibility.class) @Nullable String visibility,
    @JsonProperty("notify") @Nullable Boolean tellsParent,
    @Nullable String thread,
    @Nullable Budget budget) {

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}");

  /**
   * Checks what was sent, as far as it can be without looking anything up.
   *
   * @throws ProblemException with a code of its own for each thing that can be wrong
   */
  Task task() {
    if (key == null || !KEY.matcher(key).matches()) {
      throw new ProblemException(
          ThreadError.INVALID_KEY,
          "key must be 1 to 128 letters, digits, dots, underscores, colons, slashes and hyphens,"
              + " and begin with a letter or a digit");
    }
    return new Task(
        key,
        Said.checked(
            text,
            new SettingsInput(engine, model, mode, effort, command, pool, machine, labels),
            priority),
        project,
        Visibility.of(visibility) == Visibility.HIDDEN,
        Objects.requireNonNullElse(tellsParent, false),
        thread == null ? null : PathId.thread(thread),
        Budget.checked(budget),
        digest());
  }

  private String digest() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(Json.string(this).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  /** Names no text, since it may hold what is nobody else's business. */
  @Override
  public String toString() {
    return "DelegationRequest[key=" + key + "]";
  }
}
