package dev.heddle.worker.engine.acp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Something that can be set in an agent's session, such as its mode or its model.
 *
 * @param id the agent's own
 * @param category what it is about, in the words of the protocol; empty where that is not said
 * @param current the id of the choice that holds; null where that is not said
 */
record AcpOption(String id, String category, @Nullable String current, List<Choice> choices) {

  AcpOption {
    choices = List.copyOf(choices);
  }

  /** One of the values that it may have. */
  record Choice(String id, String name) {

    /**
     * Whether somebody who writes this means it: by its id, by its name, or by the last part of an
     * id that is an address.
     */
    boolean isMeantBy(String word) {
      return id.equals(word)
          || name.equalsIgnoreCase(word)
          || tail().equals(word.toLowerCase(Locale.ROOT));
    }

    String tail() {
      return id.substring(Math.max(id.lastIndexOf('#'), id.lastIndexOf('/')) + 1)
          .toLowerCase(Locale.ROOT);
    }
  }

  /** The choice that a word means. */
  Optional<Choice> find(String word) {
    return choices.stream()
        .filter(choice -> choice.id().equals(word))
        .findFirst()
        .or(() -> choices.stream().filter(choice -> choice.isMeantBy(word)).findFirst());
  }

  Optional<Choice> currentChoice() {
    return choices.stream().filter(choice -> choice.id().equals(current)).findFirst();
  }

  AcpOption with(String choice) {
    return new AcpOption(id, category, choice, choices);
  }

  /** Of {@code configOptions}; what is no list of choices is left out. */
  static List<AcpOption> all(JsonNode options) {
    List<AcpOption> all = new ArrayList<>();
    for (JsonNode option : options) {
      List<Choice> choices = new ArrayList<>();
      for (JsonNode entry : option.path("options")) {
        // Choices come plain or in groups.
        if (entry.has("options")) {
          entry.path("options").forEach(inner -> choices.add(choice(inner, "value")));
        } else {
          choices.add(choice(entry, "value"));
        }
      }
      if (!choices.isEmpty()) {
        all.add(
            new AcpOption(
                option.path("id").asString(""),
                option.path("category").asString(""),
                option.path("currentValue").isString()
                    ? option.path("currentValue").asString()
                    : null,
                choices));
      }
    }
    return all;
  }

  /** Of {@code modes}, the older form of an option for modes; empty where there is none. */
  static Optional<AcpOption> modes(JsonNode modes) {
    return listed("mode", modes.path("availableModes"), "id", modes.path("currentModeId"));
  }

  /** Of {@code models}, the older form of an option for models; empty where there is none. */
  static Optional<AcpOption> models(JsonNode models) {
    return listed(
        "model", models.path("availableModels"), "modelId", models.path("currentModelId"));
  }

  private static Optional<AcpOption> listed(
      String what, JsonNode entries, String idMember, JsonNode current) {
    List<Choice> choices = new ArrayList<>();
    entries.forEach(entry -> choices.add(choice(entry, idMember)));
    return choices.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new AcpOption(what, what, current.isString() ? current.asString() : null, choices));
  }

  private static Choice choice(JsonNode entry, String idMember) {
    String id = entry.path(idMember).asString("");
    return new Choice(id, entry.path("name").asString(id));
  }
}
