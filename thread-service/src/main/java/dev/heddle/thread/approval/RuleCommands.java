package dev.heddle.thread.approval;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.PathId;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.run.Runs;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Adds and revokes rules. */
@Component
class RuleCommands {

  private static final Logger log = LoggerFactory.getLogger(RuleCommands.class);

  private final Rules rules;
  private final Projects projects;
  private final Runs runs;
  private final Ids ids;
  private final Clock clock;

  RuleCommands(Rules rules, Projects projects, Runs runs, Ids ids, Clock clock) {
    this.rules = rules;
    this.projects = projects;
    this.runs = runs;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Adds a rule; one that says the same is returned instead.
   *
   * @throws ProblemException {@code invalid_rule}, {@code invalid_thread}, {@code unknown_thread},
   *     {@code unknown_project}, {@code project_deleted}
   */
  @Transactional
  public RuleView add(RuleRequest request, String by) {
    RuleScope scope = scope(request.scope());
    requireOwner("thread", request.thread(), scope == RuleScope.THREAD);
    requireOwner("project", request.project(), scope == RuleScope.PROJECT);
    if (request.tool() == null) {
      throw refused("a rule needs the name of a tool; a * stands for any");
    }
    boolean allow = isAllow(request.decision());
    Rule rule =
        RuleInput.checked(
            ids.next(),
            scope,
            request.thread() == null ? null : thread(request.thread()),
            request.project() == null ? null : project(request.project()),
            scope == RuleScope.USER ? by : null,
            request.tool(),
            request.pattern() == null ? "*" : request.pattern(),
            allow,
            by,
            clock.instant().truncatedTo(ChronoUnit.MICROS));
    Rule kept = rules.add(rule);
    log.atInfo()
        .addKeyValue("rule", kept.id())
        .addKeyValue("scope", kept.scope().wire())
        .addKeyValue("by", by)
        .log("rule added");
    return RuleView.of(kept);
  }

  /**
   * Revokes a rule; what it has decided stays decided.
   *
   * @throws ProblemException {@code unknown_rule}
   */
  @Transactional
  public void revoke(UUID id, String by) {
    if (!rules.remove(id, by)) {
      throw new ProblemException(ThreadError.UNKNOWN_RULE, "no rule has the id " + id);
    }
    log.atInfo().addKeyValue("rule", id).addKeyValue("by", by).log("rule revoked");
  }

  private ThreadId thread(String text) {
    ThreadId thread = PathId.thread(text);
    // So that it is not deleted before the rule is stored.
    if (runs.lock(thread) == null) {
      throw Conversations.unknown(thread);
    }
    return thread;
  }

  private ProjectId project(String idOrName) {
    Project project = projects.require(idOrName);
    projects.hold(project);
    return project.id();
  }

  static RuleScope scope(@Nullable String text) {
    try {
      return RuleScope.of(String.valueOf(text));
    } catch (IllegalArgumentException unknown) {
      throw refused("scope must be thread, project or user");
    }
  }

  private static boolean isAllow(@Nullable String decision) {
    return switch (decision) {
      case "allow" -> true;
      case "deny" -> false;
      case null, default -> throw refused("decision must be allow or deny");
    };
  }

  private static void requireOwner(String field, @Nullable String value, boolean wanted) {
    if ((value != null) != wanted) {
      throw refused(field + " goes with the scope " + field + ", and with no other");
    }
  }

  private static ProblemException refused(String why) {
    return new ProblemException(ThreadError.INVALID_RULE, why);
  }
}
