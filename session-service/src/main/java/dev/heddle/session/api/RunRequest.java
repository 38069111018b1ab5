package dev.heddle.session.api;

import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.Requirements;
import dev.heddle.contracts.Topics;
import dev.heddle.rest.Choice;
import dev.heddle.rest.ProblemException;
import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request for a session without a thread, and what it must be to be taken.
 *
 * @param project the id or name of the project
 * @param prompt what the agent is to do, at most 256 KiB in UTF-8
 * @param engine the engine to use; {@code command} where nothing is said
 * @param model the engine's own name for a model
 * @param mode the engine's own name for a mode
 * @param effort the reasoning effort
 * @param command the argument vector of the {@code command} engine
 * @param pool the pool whose machines may run it
 * @param machine the one machine that may run it
 * @param labels that the machine must carry
 * @param permission what the engine may do without asking; without one as the project says, and
 *     where that says nothing as you have set it
 * @param priority how urgent it is; {@code normal} where nothing is said
 */
record RunRequest(
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "shop") @Nullable String project,
    @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "Write the tests for the basket")
        @Nullable String prompt,
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Nullable String pool,
    @Nullable String machine,
    @Nullable Map<String, String> labels,
    @Schema(implementation = PermissionPosture.class) @Nullable String permission,
    @Schema(implementation = Priority.class) @Nullable String priority) {

  /** In UTF-8; what fits into a record beside everything else even when each byte is escaped. */
  static final int MAX_PROMPT_BYTES = 256 * 1024;

  private static final String DEFAULT_ENGINE = "command";
  private static final Pattern ENGINE = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
  private static final Pattern SETTING = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._:/@+-]{0,127}");
  private static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}");
  private static final Pattern LABEL_VALUE = Pattern.compile("[A-Za-z0-9._-]{0,63}");
  private static final int MAX_LABELS = 32;
  private static final int MAX_ARGUMENTS = 256;
  private static final int MAX_COMMAND_CHARS = 64 * 1024;

  /** What is asked for, checked as far as it can be without looking anything up. */
  record Checked(
      String project,
      String prompt,
      EngineSpec engine,
      Requirements requirements,
      Priority priority) {}

  /**
   * Checks everything.
   *
   * @throws ProblemException with a code of its own for each thing that can be wrong
   */
  Checked checked() {
    if (project == null || project.isBlank()) {
      throw new ProblemException(
          SessionError.PROJECT_REQUIRED, "name the project that the session belongs to");
    }
    storable("project", project);
    String checkedPrompt = checkedPrompt();
    EngineSpec spec =
        new EngineSpec(
            checkedEngine(),
            setting("model", model),
            setting("mode", mode),
            setting("effort", effort),
            checkedCommand(),
            checkedPermission());
    Requirements needs =
        new Requirements(spec.name(), checkedPool(), checkedMachine(), checkedLabels());
    return new Checked(project, checkedPrompt, spec, needs, checkedPriority());
  }

  private String checkedPrompt() {
    if (prompt == null || prompt.isBlank()) {
      throw new ProblemException(SessionError.EMPTY_PROMPT, "say what the agent is to do");
    }
    storable("the prompt", prompt);
    int bytes = prompt.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_PROMPT_BYTES) {
      throw new ProblemException(
              SessionError.PROMPT_TOO_LARGE,
              "the prompt has %d bytes in UTF-8, and at most %d are taken; put the rest into a file of the repository"
                  .formatted(bytes, MAX_PROMPT_BYTES))
          .with("limit", MAX_PROMPT_BYTES);
    }
    return prompt;
  }

  private static void storable(String field, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        throw new ProblemException(
            SessionError.INVALID_TEXT,
            "%s holds the character U+%04X at position %d, which is no text; remove it"
                .formatted(field, (int) c, i));
      }
    }
  }

  private String checkedEngine() {
    String name = Objects.requireNonNullElse(engine, DEFAULT_ENGINE);
    if (!ENGINE.matcher(name).matches()) {
      throw new ProblemException(
          SessionError.INVALID_ENGINE,
          "engine must be 1 to 63 characters of a-z 0-9 _ - and begin with a letter or digit");
    }
    return name;
  }

  private static @Nullable String setting(String field, @Nullable String value) {
    if (value != null && !SETTING.matcher(value).matches()) {
      throw new ProblemException(
          SessionError.INVALID_ENGINE,
          field
              + " must be 1 to 128 letters, digits, blanks and . _ : / @ + - and begin with a letter or digit");
    }
    return value;
  }

  private List<String> checkedCommand() {
    if (command == null || command.isEmpty()) {
      return List.of();
    }
    int size = 0;
    for (String argument : command) {
      if (argument == null) {
        throw new ProblemException(SessionError.INVALID_COMMAND, "command must hold no null");
      }
      storable("command", argument);
      size += argument.length();
    }
    if (!checkedEngine().equals(DEFAULT_ENGINE)) {
      throw new ProblemException(
          SessionError.INVALID_COMMAND,
          "command is a setting of the engine %s, not of %s".formatted(DEFAULT_ENGINE, engine));
    }
    if (command.size() > MAX_ARGUMENTS
        || size > MAX_COMMAND_CHARS
        || command.getFirst().isBlank()) {
      throw new ProblemException(
          SessionError.INVALID_COMMAND,
          "command must name a program first and have at most %d arguments of %d characters in all"
              .formatted(MAX_ARGUMENTS, MAX_COMMAND_CHARS));
    }
    return List.copyOf(command);
  }

  private String checkedPool() {
    String name = Objects.requireNonNullElse(pool, Topics.DEFAULT_POOL);
    if (!Topics.isPoolName(name)) {
      throw new ProblemException(
          SessionError.INVALID_POOL,
          "pool must be 1 to 63 characters of a-z 0-9 _ - and begin with a letter or digit");
    }
    return name;
  }

  private @Nullable MachineId checkedMachine() {
    return machine == null ? null : PathIds.machine(machine);
  }

  private Map<String, String> checkedLabels() {
    if (labels == null) {
      return Map.of();
    }
    if (labels.size() > MAX_LABELS) {
      throw new ProblemException(
          SessionError.INVALID_LABEL, "there may be at most %d labels".formatted(MAX_LABELS));
    }
    labels.forEach((key, value) -> {
      boolean good =
          value != null && LABEL_KEY.matcher(key).matches() && LABEL_VALUE.matcher(value).matches();
      if (!good) {
        throw new ProblemException(
            SessionError.INVALID_LABEL,
            "a label is a key of 1 to 63 letters, digits and . _ / - with a value of at most 63 letters, digits and . _ -");
      }
    });
    return Map.copyOf(labels);
  }

  private @Nullable PermissionPosture checkedPermission() {
    return Choice.of(
        "permission",
        permission,
        PermissionPosture.class,
        PermissionPosture::wire,
        SessionError.INVALID_PERMISSION);
  }

  private Priority checkedPriority() {
    return Objects.requireNonNullElse(
        Choice.of(
            "priority", priority, Priority.class, Priority::wire, SessionError.INVALID_PRIORITY),
        Priority.NORMAL);
  }

  /** Names no prompt, since it may hold what is nobody else's business. */
  @Override
  public String toString() {
    return "RunRequest[project=" + project + "]";
  }
}
