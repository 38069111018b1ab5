package dev.heddle.thread.approval;

import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A rule as clients see it.
 *
 * @param threadId whose it is, in the scope {@code thread}
 * @param projectId whose it is, in the scope {@code project}
 * @param user whose it is, in the scope {@code user}: it decides for the runs that they asked for
 * @param tool a pattern of the tool's name
 * @param pattern of the input of the tool, or of the title where there is none
 */
record RuleView(
    UUID id,
    RuleScope scope,
    @Nullable ThreadId threadId,
    @Nullable ProjectId projectId,
    @Nullable String user,
    String tool,
    String pattern,
    @Schema(allowableValues = {"allow", "deny"}) String decision,
    String createdBy,
    Instant createdAt) {

  static RuleView of(Rule rule) {
    return new RuleView(
        rule.id(),
        rule.scope(),
        rule.thread(),
        rule.project(),
        rule.user(),
        rule.tool(),
        rule.pattern(),
        Rules.decision(rule.allow()),
        rule.createdBy(),
        rule.createdAt());
  }
}
