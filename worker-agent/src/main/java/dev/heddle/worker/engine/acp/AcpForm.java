package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.Decision;
import dev.heddle.worker.engine.Ask;
import dev.heddle.worker.engine.wire.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an agent wants to know by {@code elicitation/create}: a form, whose fields are asked as
 * questions, one after the other.
 */
record AcpForm(String message, List<Field> fields) {

  /**
   * One field of a form.
   *
   * @param type of JSON Schema
   * @param choices the values that it may have; empty for any
   */
  record Field(String name, String type, @Nullable String title, List<String> choices) {

    Field {
      choices = List.copyOf(choices);
    }

    /** The value that an answer in words stands for. */
    Object value(String words) {
      try {
        return switch (type) {
          case "boolean" -> words.equalsIgnoreCase("yes") || words.equalsIgnoreCase("true");
          case "integer" -> Long.parseLong(words.strip());
          case "number" -> Double.parseDouble(words.strip());
          default -> words;
        };
      } catch (NumberFormatException e) {
        // The agent says what is wrong with it better than we could.
        return words;
      }
    }
  }

  AcpForm {
    fields = List.copyOf(fields);
  }

  /** Empty where it is no form, such as an address to be visited. */
  static Optional<AcpForm> of(JsonNode params) {
    JsonNode properties = params.path("requestedSchema").path("properties");
    if (!Fields.text(params, "mode", "form").equals("form") || properties.isEmpty()) {
      return Optional.empty();
    }
    List<Field> fields = new ArrayList<>();
    properties
        .properties()
        .forEach(property -> {
          JsonNode schema = property.getValue();
          String type = Fields.text(schema, "type", "string");
          List<String> choices = new ArrayList<>();
          schema.path("enum").forEach(choice -> choices.add(choice.asString("")));
          schema.path("oneOf").forEach(choice -> choices.add(Fields.text(choice, "const", "")));
          if (type.equals("boolean")) {
            choices.addAll(List.of("yes", "no"));
          }
          fields.add(new Field(property.getKey(), type, Fields.text(schema, "title"), choices));
        });
    return Optional.of(new AcpForm(Fields.text(params, "message", "A question"), fields));
  }

  Ask ask(Field field) {
    String title =
        fields.size() == 1
            ? message
            : message + " — " + Objects.requireNonNullElse(field.title(), field.name());
    return new Ask(
        ApprovalKind.QUESTION,
        null,
        title,
        null,
        field.choices().stream()
            .map(choice -> new ApprovalOption(choice, choice, ApprovalOption.Kind.ANSWER))
            .toList(),
        field.choices().isEmpty(),
        null);
  }

  /** What a person answered; empty where they did not. */
  static Optional<String> words(Decision decision) {
    return decision.verdict() == Decision.Verdict.DENIED
        ? Optional.empty()
        : Optional.ofNullable(decision.answer() == null ? decision.optionId() : decision.answer());
  }

  static ObjectNode accepted(ObjectNode content) {
    ObjectNode result = Fields.object().put("action", "accept");
    result.set("content", content);
    return result;
  }

  static ObjectNode declined() {
    return Fields.object().put("action", "decline");
  }

  static ObjectNode cancelled() {
    return Fields.object().put("action", "cancel");
  }
}
