package dev.heddle.thread.conversation;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Topics;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.Permissions;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a turn as a client gave them; null where it gave none.
 *
 * @param permission by its name; null for that of the turn before
 */
public record SettingsInput(
    @Nullable String engine,
    @Nullable String model,
    @Nullable String mode,
    @Nullable String effort,
    @Nullable List<String> command,
    @Nullable String pool,
    @Nullable String machine,
    @Nullable Map<String, String> labels,
    @Nullable String permission) {

  /** The engine of a thread for which nobody has chosen one. */
  public static final String DEFAULT_ENGINE = "command";

  private static final Pattern ENGINE = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
  private static final Pattern SETTING = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._:/@+-]{0,127}");
  private static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}");
  private static final Pattern LABEL_VALUE = Pattern.compile("[A-Za-z0-9._-]{0,63}");
  private static final int MAX_LABELS = 32;
  private static final int MAX_ARGUMENTS = 256;
  private static final int MAX_COMMAND_CHARS = 64 * 1024;

  /** Of which nobody said what the engine may do. */
  public SettingsInput(
      @Nullable String engine,
      @Nullable String model,
      @Nullable String mode,
      @Nullable String effort,
      @Nullable List<String> command,
      @Nullable String pool,
      @Nullable String machine,
      @Nullable Map<String, String> labels) {
    this(engine, model, mode, effort, command, pool, machine, labels, null);
  }

  public static SettingsInput of(TurnSettings settings) {
    return new SettingsInput(
        settings.engine(),
        settings.model(),
        settings.mode(),
        settings.effort(),
        settings.command(),
        settings.pool(),
        settings.machine(),
        settings.labels(),
        Permissions.text(settings.permission()));
  }

  /** Nothing but what was set before. */
  public static SettingsInput unchanged() {
    return new SettingsInput(null, null, null, null, null, null, null, null);
  }

  /** The same, with an engine that may do this without asking. */
  public SettingsInput permitted(PermissionPosture posture) {
    return new SettingsInput(
        engine, model, mode, effort, command, pool, machine, labels, Permissions.text(posture));
  }

  /**
   * Completes what was not given from the settings of the last turn. Model, mode, effort and
   * command mean something to one engine only, so that another engine starts without them.
   */
  public SettingsInput over(TurnSettings last) {
    boolean sameEngine = engine == null || engine.equals(last.engine());
    return new SettingsInput(
        engine == null ? last.engine() : engine,
        model != null ? model : sameEngine ? last.model() : null,
        mode != null ? mode : sameEngine ? last.mode() : null,
        effort != null ? effort : sameEngine ? last.effort() : null,
        command != null ? command : sameEngine ? last.command() : null,
        pool == null ? last.pool() : pool,
        machine == null ? last.machine() : machine,
        labels == null ? last.labels() : labels,
        permission == null ? Permissions.text(last.permission()) : permission);
  }

  /**
   * Checks each setting and fills in what nobody gave.
   *
   * @throws ProblemException with a code of its own for each malformed setting
   */
  public TurnSettings checked() {
    return new TurnSettings(
        checkedEngine(),
        checkedSetting("model", model),
        checkedSetting("mode", mode),
        checkedSetting("effort", effort),
        checkedCommand(),
        checkedPool(),
        checkedMachine(),
        checkedLabels(),
        Permissions.of(permission));
  }

  private String checkedEngine() {
    if (engine == null) {
      return DEFAULT_ENGINE;
    }
    if (!ENGINE.matcher(engine).matches()) {
      throw new ProblemException(
          ThreadError.INVALID_ENGINE,
          "engine must be 1 to 63 characters of a-z 0-9 _ - and begin with a letter or digit");
    }
    return engine;
  }

  private static @Nullable String checkedSetting(String field, @Nullable String value) {
    if (value != null && !SETTING.matcher(value).matches()) {
      throw new ProblemException(
          ThreadError.INVALID_ENGINE,
          field
              + " must be 1 to 128 letters, digits, blanks and . _ : / @ + - and begin with a letter"
              + " or digit");
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
        throw new ProblemException(ThreadError.INVALID_COMMAND, "command must hold no null");
      }
      StorableText.require("command", argument);
      size += argument.length();
    }
    if (!checkedEngine().equals(DEFAULT_ENGINE)) {
      throw new ProblemException(
          ThreadError.INVALID_COMMAND,
          "command is a setting of the engine " + DEFAULT_ENGINE + ", not of " + engine);
    }
    if (command.size() > MAX_ARGUMENTS || size > MAX_COMMAND_CHARS || command.get(0).isBlank()) {
      throw new ProblemException(
          ThreadError.INVALID_COMMAND,
          "command must name a program first and have at most "
              + MAX_ARGUMENTS
              + " arguments of "
              + MAX_COMMAND_CHARS
              + " characters in all");
    }
    return List.copyOf(command);
  }

  private String checkedPool() {
    if (pool == null) {
      return Topics.DEFAULT_POOL;
    }
    if (!Topics.isPoolName(pool)) {
      throw new ProblemException(
          ThreadError.INVALID_POOL,
          "pool must be 1 to 63 characters of a-z 0-9 _ - and begin with a letter or digit");
    }
    return pool;
  }

  private @Nullable String checkedMachine() {
    if (machine == null) {
      return null;
    }
    try {
      return new MachineId(machine).value();
    } catch (IllegalArgumentException malformed) {
      throw new ProblemException(
          ThreadError.INVALID_MACHINE, String.valueOf(malformed.getMessage()));
    }
  }

  private Map<String, String> checkedLabels() {
    if (labels == null) {
      return Map.of();
    }
    if (labels.size() > MAX_LABELS) {
      throw new ProblemException(
          ThreadError.INVALID_LABEL, "there may be at most " + MAX_LABELS + " labels");
    }
    labels.forEach((key, value) -> {
      if (!LABEL_KEY.matcher(key).matches()
          || value == null
          || !LABEL_VALUE.matcher(value).matches()) {
        throw new ProblemException(
            ThreadError.INVALID_LABEL,
            "a label is a key of 1 to 63 letters, digits and . _ / - with a value of at most 63"
                + " letters, digits and . _ -");
      }
    });
    return Map.copyOf(labels);
  }
}
