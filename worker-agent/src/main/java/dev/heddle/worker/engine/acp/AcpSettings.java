package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.PermissionPosture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What can be set in the session of one agent, and how it stands. The protocol has three ways for
 * it, of which an agent offers some: options, and before them modes and models of their own.
 */
final class AcpSettings {

  /** How a setting is changed. */
  enum Way {
    OPTION("session/set_config_option", "value"),
    MODE("session/set_mode", "modeId"),
    MODEL("session/set_model", "modelId");

    private final String method;
    private final String member;

    Way(String method, String member) {
      this.method = method;
      this.member = member;
    }

    String method() {
      return method;
    }

    /** The member of its parameters that holds the value. */
    String member() {
      return member;
    }
  }

  /** What sessions may ask for, in the order in which it is set: a model may bring its efforts. */
  enum Aspect {
    MODE("mode"),
    MODEL("model"),
    EFFORT("reasoning effort");

    private final String words;

    Aspect(String words) {
      this.words = words;
    }

    /** Whether an option of this id or category is about it. */
    boolean isMeantBy(String name) {
      return switch (this) {
        case MODE -> name.equals("mode");
        case MODEL -> name.equals("model");
        case EFFORT -> EFFORTS.contains(name);
      };
    }

    /** For people. */
    String words() {
      return words;
    }
  }

  /** A setting to be changed to one of its choices. */
  record Change(Way way, String optionId, String choiceId) {}

  private record Setting(Way way, AcpOption option) {}

  /** No choice is what was asked for. */
  static final class UnknownChoiceException extends Exception {
    UnknownChoiceException(String message) {
      super(message);
    }
  }

  private static final String PLAN = "plan";

  private static final Set<String> EFFORTS = Set.of("thought_level", "reasoning_effort", "effort");

  /** Of the last part of an id: the modes in which agents work as usual, and ask. */
  private static final List<String> USUAL_MODES = List.of("agent", "default", "build", "code");

  private final Map<String, Setting> options = new LinkedHashMap<>();
  private @Nullable Setting modes;
  private @Nullable Setting models;

  /** Nothing can be set. */
  static AcpSettings none() {
    return new AcpSettings();
  }

  /**
   * Those that an answer to {@code session/new}, {@code session/load} or {@code session/resume}
   * offers.
   */
  static AcpSettings of(JsonNode answer) {
    AcpSettings settings = new AcpSettings();
    settings.update(AcpOption.all(answer.path("configOptions")));
    settings.modes =
        AcpOption.modes(answer.path("modes"))
            .map(option -> new Setting(Way.MODE, option))
            .orElse(null);
    settings.models =
        AcpOption.models(answer.path("models"))
            .map(option -> new Setting(Way.MODEL, option))
            .orElse(null);
    return settings;
  }

  /** The options are these now. */
  void update(List<AcpOption> now) {
    now.forEach(option -> options.put(option.id(), new Setting(Way.OPTION, option)));
  }

  void modeIs(String id) {
    if (modes != null) {
      modes = new Setting(Way.MODE, modes.option().with(id));
    }
  }

  /** What has been changed counts as it was asked for, until the agent says otherwise. */
  void changed(Change change) {
    switch (change.way()) {
      case MODE -> modeIs(change.choiceId());
      case MODEL -> {
        if (models != null) {
          models = new Setting(Way.MODEL, models.option().with(change.choiceId()));
        }
      }
      case OPTION ->
          options.computeIfPresent(
              change.optionId(),
              (id, setting) ->
                  new Setting(setting.way(), setting.option().with(change.choiceId())));
    }
  }

  boolean offers(Aspect aspect) {
    return find(aspect).isPresent();
  }

  /** The ids of all that may be chosen; empty where the agent offers no choice. */
  List<String> choices(Aspect aspect) {
    return find(aspect)
        .map(setting -> setting.option().choices().stream().map(AcpOption.Choice::id).toList())
        .orElse(List.of());
  }

  /** The id of what holds now; null where the agent does not say. */
  @Nullable String current(Aspect aspect) {
    return find(aspect).map(setting -> setting.option().current()).orElse(null);
  }

  /** All options and their values. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    options.forEach((id, setting) -> {
      String current = setting.option().current();
      if (current != null) {
        values.put(id, current);
      }
    });
    return values;
  }

  /**
   * What must be changed, so that this holds as a session wants it.
   *
   * @return empty where it does, and where nothing is wanted and nothing has to be
   * @throws UnknownChoiceException where the agent offers it, but not this; with what it offers
   */
  Optional<Change> change(Aspect aspect, EngineSpec spec) throws UnknownChoiceException {
    return switch (aspect) {
      case MODE -> mode(spec);
      case MODEL -> to(aspect, spec.model());
      case EFFORT -> to(aspect, spec.effort());
    };
  }

  private Optional<Change> mode(EngineSpec spec) throws UnknownChoiceException {
    Setting setting = find(Aspect.MODE).orElse(null);
    if (spec.permission() == PermissionPosture.PLAN) {
      if (setting == null || setting.option().find(PLAN).isEmpty()) {
        throw new UnknownChoiceException(
            "it has no mode for plans, in which it would change nothing; choose the permission ask"
                + " or edit");
      }
      return to(Aspect.MODE, PLAN);
    }
    if (spec.mode() != null) {
      return to(Aspect.MODE, spec.mode());
    }
    // A session that is resumed may be in the mode for plans still, of a turn before.
    return setting != null
            && setting
                .option()
                .currentChoice()
                .map(AcpOption.Choice::tail)
                .equals(Optional.of(PLAN))
        ? usualMode(setting.option()).map(choice -> change(setting, choice))
        : Optional.empty();
  }

  private static Optional<AcpOption.Choice> usualMode(AcpOption option) {
    for (String tail : USUAL_MODES) {
      for (AcpOption.Choice choice : option.choices()) {
        if (choice.tail().equals(tail)) {
          return Optional.of(choice);
        }
      }
    }
    return option.choices().stream().filter(choice -> !choice.tail().equals(PLAN)).findFirst();
  }

  private Optional<Change> to(Aspect aspect, @Nullable String wanted)
      throws UnknownChoiceException {
    Setting setting = find(aspect).orElse(null);
    if (setting == null || wanted == null) {
      return Optional.empty();
    }
    AcpOption option = setting.option();
    AcpOption.Choice choice =
        option
            .find(wanted)
            .orElseThrow(() ->
                new UnknownChoiceException(
                    "it has no %s '%s'; it offers %s"
                        .formatted(
                            aspect.words(),
                            wanted,
                            option.choices().stream()
                                .map(one -> one.tail().isEmpty() ? one.name() : one.tail())
                                .collect(Collectors.joining(", ")))));
    return choice.id().equals(option.current())
        ? Optional.empty()
        : Optional.of(change(setting, choice));
  }

  private static Change change(Setting setting, AcpOption.Choice choice) {
    return new Change(setting.way(), setting.option().id(), choice.id());
  }

  private Optional<Setting> find(Aspect aspect) {
    List<Setting> found = new ArrayList<>();
    if (aspect == Aspect.MODE && modes != null) {
      found.add(modes);
    }
    options.values().stream()
        .filter(setting ->
            aspect.isMeantBy(setting.option().category())
                || aspect.isMeantBy(setting.option().id()))
        .forEach(found::add);
    if (aspect == Aspect.MODEL && models != null) {
      found.add(models);
    }
    return found.stream().findFirst();
  }
}
