package dev.heddle.thread.approval;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.ThreadId;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is decided without asking anybody.
 *
 * @param thread present in a rule of a thread, as project and user in theirs
 * @param tool a {@link Glob} over the name of the tool
 * @param pattern a {@link Glob} over the input of the tool, or the title where there is none
 * @param allow whether it allows; otherwise it denies
 */
record Rule(
    UUID id,
    RuleScope scope,
    @Nullable ThreadId thread,
    @Nullable ProjectId project,
    @Nullable String user,
    String tool,
    String pattern,
    boolean allow,
    String createdBy,
    Instant createdAt) {

  /** Thread over project over user, and no over yes within each. */
  private static final Comparator<Rule> PRECEDENCE =
      Comparator.comparing(Rule::scope).thenComparing(Rule::allow).thenComparing(Rule::createdAt);

  /** The one of these rules that decides; empty where none does, so that a person must. */
  static Optional<Rule> deciding(Collection<Rule> rules, ApprovalRequested ask) {
    return rules.stream().filter(rule -> rule.matches(ask)).min(PRECEDENCE);
  }

  /**
   * Questions have no yes. What was cut is not known whole, so nothing allows it by its pattern.
   */
  boolean matches(ApprovalRequested ask) {
    String name = ask.tool();
    if (ask.kind() != ApprovalKind.APPROVAL || name == null || !Glob.matches(tool, name)) {
      return false;
    }
    if (ask.truncated() && allow) {
      return pattern.equals("*");
    }
    return Glob.matches(pattern, subject(ask));
  }

  /** What patterns are about. */
  static String subject(ApprovalRequested ask) {
    String input = ask.input();
    return input == null ? ask.title() : input;
  }
}
