package dev.heddle.worker.mcp;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.Decision;
import dev.heddle.worker.engine.Ask;
import dev.heddle.worker.engine.Asked;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.Ruling;
import java.util.ArrayList;
import java.util.List;

/** Asks a person a question in the inbox, and waits for the answer. */
final class AskPerson implements Tool {

  private static final int MAX_QUESTION_BYTES = 16 * 1024;
  private static final int MAX_OPTIONS = 20;
  private static final int MAX_OPTION = 200;

  /** Of the one line that lists show; the question at length is beside it. */
  private static final int MAX_TITLE = 200;

  private final EngineListener listener;

  AskPerson(EngineListener listener) {
    this.listener = listener;
  }

  @Override
  public String name() {
    return "ask_person";
  }

  @Override
  public String description() {
    return "Ask the person you work for a question, and wait for the answer, which may take hours."
        + " Ask only what you cannot find out or decide yourself, and one thing at a time: a new"
        + " question takes the place of one that is still open.";
  }

  @Override
  public String schema() {
    return """
    {"type": "object",
     "properties": {
       "question": {"type": "string", "description": "the first line is the title in lists"},
       "options": {"type": "array", "maxItems": 20, "items": {"type": "string", "minLength": 1},
         "description": "answers to choose from"},
       "allow_free_text": {"type": "boolean", "default": true,
         "description": "whether the person may answer in words of their own"}},
     "required": ["question"]}
    """;
  }

  @Override
  public String call(Arguments arguments, Caller caller)
      throws RefusedCallException, InterruptedException {
    String question = arguments.text("question", MAX_QUESTION_BYTES);
    List<String> options = options(arguments);
    boolean freeText = arguments.flag("allow_free_text", true);
    if (options.isEmpty() && !freeText) {
      throw new RefusedCallException("there must be options where free text is not allowed");
    }
    Asked asked = listener.ask(ask(question, options, freeText));
    try {
      return switch (caller.await(asked.ruling(), "waiting for a person to answer")) {
        case Ruling.Decided(Decision decision) -> told(decision, options);
        case Ruling.Withdrawn(String reason) ->
            throw new RefusedCallException("nobody answers: " + reason);
      };
    } catch (CallerGoneException e) {
      listener.withdraw(asked.id(), String.valueOf(e.getMessage()));
      throw new RefusedCallException(String.valueOf(e.getMessage()));
    }
  }

  private static Ask ask(String question, List<String> options, boolean freeText) {
    String firstLine = question.strip().lines().findFirst().orElse(question);
    boolean whole = firstLine.equals(question.strip()) && firstLine.length() <= MAX_TITLE;
    List<ApprovalOption> offered = new ArrayList<>();
    for (String option : options) {
      offered.add(
          new ApprovalOption(
              Integer.toString(offered.size() + 1), option, ApprovalOption.Kind.ANSWER));
    }
    return new Ask(
        ApprovalKind.QUESTION,
        null,
        firstLine.length() <= MAX_TITLE ? firstLine : firstLine.substring(0, MAX_TITLE - 1) + "…",
        whole ? null : question,
        offered,
        freeText,
        null);
  }

  private static List<String> options(Arguments arguments) throws RefusedCallException {
    List<String> options = new ArrayList<>();
    for (Object option : arguments.list("options", MAX_OPTIONS)) {
      if (!(option instanceof String text) || text.isBlank() || text.length() > MAX_OPTION) {
        throw new RefusedCallException(
            "each option must be a text of 1 to %d characters".formatted(MAX_OPTION));
      }
      options.add(text);
    }
    return options;
  }

  private static String told(Decision decision, List<String> options) {
    StringBuilder told = new StringBuilder();
    String chosen = decision.optionId();
    if (chosen != null) {
      options.stream()
          .filter(option -> Integer.toString(options.indexOf(option) + 1).equals(chosen))
          .findFirst()
          .ifPresent(option -> told.append("The person chose: ").append(option).append('\n'));
    }
    if (decision.answer() != null) {
      told.append("The person answered: ").append(decision.answer()).append('\n');
    }
    if (told.isEmpty() && decision.verdict() == Decision.Verdict.DENIED) {
      told.append("The person does not want to answer this.\n");
    }
    if (decision.message() != null) {
      told.append("The person added: ").append(decision.message()).append('\n');
    }
    return told.isEmpty() ? "The person agreed." : told.toString().strip();
  }
}
