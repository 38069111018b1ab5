package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.Decision;
import dev.heddle.worker.engine.Ask;
import dev.heddle.worker.engine.Ruling;
import dev.heddle.worker.engine.wire.Asks;
import dev.heddle.worker.engine.wire.Bounded;
import dev.heddle.worker.engine.wire.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What Claude Code asks before it uses a tool, and what it is answered. */
final class ClaudePermissions {

  static final String QUESTION_TOOL = "AskUserQuestion";

  private static final String ALLOW = "allow";
  private static final String DENY = "deny";
  private static final String SUGGESTION = "suggestion-";
  private static final int TITLE_CHARS = 200;

  private final Asks asks;
  private final Consumer<ObjectNode> send;

  /**
   * @param send says something to the engine
   */
  ClaudePermissions(Asks asks, Consumer<ObjectNode> send) {
    this.asks = asks;
    this.send = send;
  }

  /** Asks a person, and answers when that has decided. */
  void ask(String id, JsonNode request) {
    String tool = Fields.text(request, "tool_name", "a tool");
    JsonNode input = request.path("input");
    if (tool.equals(QUESTION_TOOL) && !Fields.list(input, "questions").isEmpty()) {
      question(id, input, Fields.list(input, "questions"), 0, Fields.object());
      return;
    }
    List<JsonNode> suggestions = Fields.list(request, "permission_suggestions");
    List<ApprovalOption> options = options(suggestions);
    asks.ask(
        id,
        new Ask(
            ApprovalKind.APPROVAL,
            tool,
            Bounded.line(title(request, tool), TITLE_CHARS),
            input(input, tool),
            options,
            false,
            null),
        ruling -> answer(id, input, suggestions, options, ruling));
  }

  private static String title(JsonNode request, String tool) {
    if (tool.equals(ClaudePlan.PROPOSAL)) {
      return "end planning, and do as planned";
    }
    String what = Fields.text(request, "description", "");
    String name = Fields.text(request, "display_name", tool);
    return what.isBlank() ? name : name + ": " + what;
  }

  /** A plan is for people to read; of everything else they see what the tool would get. */
  private static String input(JsonNode input, String tool) {
    return tool.equals(ClaudePlan.PROPOSAL)
        ? Fields.text(input, "plan", input.toString())
        : input.toString();
  }

  private static List<ApprovalOption> options(List<JsonNode> suggestions) {
    List<ApprovalOption> options = new ArrayList<>();
    options.add(new ApprovalOption(ALLOW, "Allow", ApprovalOption.Kind.ALLOW_ONCE));
    for (int i = 0; i < suggestions.size(); i++) {
      options.add(
          new ApprovalOption(
              SUGGESTION + i, label(suggestions.get(i)), ApprovalOption.Kind.ALLOW_SESSION));
    }
    options.add(new ApprovalOption(DENY, "Deny", ApprovalOption.Kind.REJECT_ONCE));
    return options;
  }

  private static String label(JsonNode suggestion) {
    String label =
        switch (Fields.text(suggestion, "type", "")) {
          case "setMode" ->
              "Allow, and go on in mode " + Fields.text(suggestion, "mode", "of its own");
          case "addDirectories" ->
              "Allow, and everything in " + suggestion.path("directories").toString();
          case "addRules", "replaceRules" -> "Allow, and " + rules(suggestion);
          default -> "Allow, and more: " + suggestion;
        };
    return Bounded.line(label, TITLE_CHARS);
  }

  private static String rules(JsonNode suggestion) {
    List<String> rules = new ArrayList<>();
    for (JsonNode rule : Fields.list(suggestion, "rules")) {
      String content = Fields.text(rule, "ruleContent", "");
      String tool = Fields.text(rule, "toolName", "any tool");
      rules.add(content.isEmpty() ? tool : "%s(%s)".formatted(tool, content));
    }
    return String.join(", ", rules) + " from now on";
  }

  private void answer(
      String id,
      JsonNode input,
      List<JsonNode> suggestions,
      List<ApprovalOption> options,
      Ruling ruling) {
    switch (ruling) {
      case Ruling.Withdrawn(var reason) -> deny(id, reason);
      case Ruling.Decided(var decision) -> {
        ApprovalOption chosen = Asks.chosen(decision, options).orElse(options.getLast());
        if (chosen.kind().rejects()) {
          deny(id, decision.message());
        } else {
          ObjectNode answer = allowed(input);
          if (chosen.id().startsWith(SUGGESTION)) {
            answer
                .putArray("updatedPermissions")
                .add(
                    forThisRun(
                        suggestions.get(
                            Integer.parseInt(chosen.id().substring(SUGGESTION.length())))));
          }
          respond(id, answer);
        }
      }
    }
  }

  /**
   * What holds for longer is Heddle's to keep, as a rule; the engine would write it into a file of
   * the workspace, and so into the work.
   */
  private static JsonNode forThisRun(JsonNode suggestion) {
    return suggestion instanceof ObjectNode object
        ? object.deepCopy().put("destination", "session")
        : suggestion;
  }

  /** One question after the other, since a newer one takes the place of those before it. */
  private void question(
      String id, JsonNode input, List<JsonNode> questions, int number, ObjectNode answers) {
    if (number == questions.size()) {
      ObjectNode updated = input.isObject() ? ((ObjectNode) input).deepCopy() : Fields.object();
      updated.set("answers", answers);
      respond(id, allowed(updated));
      return;
    }
    JsonNode question = questions.get(number);
    String text = Fields.text(question, "question", "");
    List<ApprovalOption> options = new ArrayList<>();
    for (JsonNode option : Fields.list(question, "options")) {
      String label = Fields.text(option, "label", "");
      options.add(new ApprovalOption(label, label, ApprovalOption.Kind.ANSWER));
    }
    asks.ask(
        id,
        new Ask(
            ApprovalKind.QUESTION,
            null,
            Bounded.line(text, TITLE_CHARS),
            atLength(question, text),
            options,
            true,
            null),
        ruling -> {
          switch (ruling) {
            case Ruling.Withdrawn(var reason) -> deny(id, reason);
            case Ruling.Decided(var decision) -> {
              if (decision.verdict() == Decision.Verdict.DENIED) {
                deny(id, decision.message());
              } else {
                answers.put(text, spoken(decision));
                question(id, input, questions, number + 1, answers);
              }
            }
          }
        });
  }

  private static String atLength(JsonNode question, String text) {
    StringBuilder all = new StringBuilder(text);
    for (JsonNode option : Fields.list(question, "options")) {
      all.append("\n- ")
          .append(Fields.text(option, "label", ""))
          .append(": ")
          .append(Fields.text(option, "description", ""));
    }
    if (Fields.flag(question, "multiSelect")) {
      all.append("\n(more than one may be chosen, in words)");
    }
    return Bounded.text(all.toString(), 8 * 1024);
  }

  private static String spoken(Decision decision) {
    if (decision.answer() != null) {
      return decision.answer();
    }
    if (decision.optionId() != null) {
      return decision.optionId();
    }
    return decision.message() == null ? "yes" : decision.message();
  }

  private static ObjectNode allowed(JsonNode input) {
    ObjectNode answer = Fields.object().put("behavior", ALLOW);
    answer.set("updatedInput", input);
    return answer;
  }

  private void deny(String id, @Nullable String message) {
    respond(
        id,
        Fields.object()
            .put("behavior", DENY)
            .put("message", message == null ? "This was not allowed." : message)
            .put("interrupt", false));
  }

  private void respond(String id, ObjectNode answer) {
    ObjectNode message = Fields.object().put("type", "control_response");
    message
        .putObject("response")
        .put("subtype", "success")
        .put("request_id", id)
        .set("response", answer);
    send.accept(message);
  }
}
