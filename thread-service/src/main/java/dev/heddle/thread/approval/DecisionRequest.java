package dev.heddle.thread.approval;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The body of a decision: a verdict, one of the options, or an answer.
 *
 * @param decision the verdict; without one that of the option
 * @param optionId one of the options
 * @param scope for what else it holds; without one that of the option, or {@code once}
 * @param message to the agent, such as why it is denied; at most 16384 characters
 * @param answer in words, where the question takes them; at most 16384 characters
 * @param pattern of the rule that a scope of {@code thread} or {@code project} makes; without one
 *     it matches what was asked and nothing else
 */
record DecisionRequest(
    @Schema(allowableValues = {"allowed", "denied"}) @Nullable String decision,
    @Nullable String optionId,
    @Schema(allowableValues = {"once", "session", "thread", "project"}) @Nullable String scope,
    @Nullable String message,
    @Nullable String answer,
    @Nullable String pattern) {

  private static final int LONGEST = 16_384;

  /**
   * What it means for something that was asked.
   *
   * @throws ProblemException {@code invalid_decision}, {@code invalid_text}
   */
  Decision about(ApprovalRequested ask) {
    ApprovalOption option = optionId == null ? null : option(ask, optionId);
    Decision.Scope wanted = scope == null ? scopeOf(option) : scope(scope);
    ApprovalId id = ask.approvalId();
    if (ask.kind() == ApprovalKind.QUESTION && wanted != Decision.Scope.ONCE) {
      throw refused("a question is answered once; leave the scope out");
    }
    if (answer != null && !ask.freeText()) {
      throw refused("this takes no answer in words; choose one of its options");
    }
    return new Decision(
        id,
        verdict(option),
        option == null ? null : option.id(),
        wanted,
        text("message", message),
        text("answer", answer));
  }

  private Decision.Verdict verdict(@Nullable ApprovalOption option) {
    Decision.Verdict said = decision == null ? null : verdict(decision);
    if (option != null) {
      Decision.Verdict chosen =
          option.kind().rejects() ? Decision.Verdict.DENIED : Decision.Verdict.ALLOWED;
      if (said != null && said != chosen) {
        throw refused("the option " + option.id() + " is not what the decision says; send one");
      }
      return chosen;
    }
    if (said == null && answer == null) {
      throw refused("send a decision (allowed or denied), an optionId, or an answer");
    }
    return said == null ? Decision.Verdict.ALLOWED : said;
  }

  private static Decision.Scope scopeOf(@Nullable ApprovalOption option) {
    if (option == null) {
      return Decision.Scope.ONCE;
    }
    return switch (option.kind()) {
      case ALLOW_SESSION -> Decision.Scope.SESSION;
      case ALLOW_ALWAYS, REJECT_ALWAYS -> Decision.Scope.THREAD;
      case ALLOW_ONCE, REJECT_ONCE, ANSWER, OTHER -> Decision.Scope.ONCE;
    };
  }

  private static ApprovalOption option(ApprovalRequested ask, String id) {
    return ask.options().stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow(() ->
            refused(
                "it has no such option; there are "
                    + ask.options().stream().map(ApprovalOption::id).toList()));
  }

  private static Decision.Verdict verdict(String text) {
    try {
      return Decision.Verdict.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw refused("decision must be allowed or denied");
    }
  }

  private static Decision.Scope scope(String text) {
    try {
      return Decision.Scope.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw refused("scope must be once, session, thread or project");
    }
  }

  private static @Nullable String text(String field, @Nullable String text) {
    if (text != null && text.length() > LONGEST) {
      throw refused(field + " has more than " + LONGEST + " characters");
    }
    return text == null ? null : StorableText.require(field, text);
  }

  static ProblemException refused(String why) {
    return new ProblemException(ThreadError.INVALID_DECISION, why);
  }

  /** Names no text, since it may hold what is nobody else's business. */
  @Override
  public String toString() {
    return "DecisionRequest[decision=%s, scope=%s]".formatted(decision, scope);
  }
}
