package dev.heddle.thread.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.SessionFact.ApprovalRequested;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RuleTest {

  private static final Instant NINE = Instant.parse("2026-11-21T09:00:00Z");

  private static Rule rule(RuleScope scope, String pattern, boolean allow) {
    return new Rule(
        UUID.randomUUID(), scope, null, null, null, "Bash", pattern, allow, "ada", NINE);
  }

  private static Rule deciding(ApprovalRequested ask, Rule... rules) {
    List<Rule> shuffled = new ArrayList<>(List.of(rules));
    Collections.shuffle(shuffled, new Random(3));
    return Rule.deciding(shuffled, ask).orElse(null);
  }

  /** Checklist 12. */
  @Test
  void threadStandsOverProjectOverUserAndDenyOverAllowWithinOne() {
    ApprovalRequested ask = Asks.run("make test");
    Rule thread = rule(RuleScope.THREAD, "make *", true);
    Rule threadDenies = rule(RuleScope.THREAD, "make test", false);
    Rule project = rule(RuleScope.PROJECT, "*", false);
    Rule user = rule(RuleScope.USER, "*", true);
    Rule userDenies = rule(RuleScope.USER, "*", false);
    assertThat(deciding(ask, user, userDenies)).isEqualTo(userDenies);
    assertThat(deciding(ask, user, project)).isEqualTo(project);
    assertThat(deciding(ask, user, project, thread)).isEqualTo(thread);
    assertThat(deciding(ask, user, project, thread, threadDenies)).isEqualTo(threadDenies);
  }

  @Test
  void whatMatchesNothingIsLeftToAPerson() {
    ApprovalRequested ask = Asks.run("make test");
    assertThat(deciding(ask, rule(RuleScope.THREAD, "make", true))).isNull();
    assertThat(rule(RuleScope.THREAD, "*", true).matches(Asks.tool("Edit", "make", false)))
        .isFalse();
  }

  @Test
  void noRuleAnswersAQuestion() {
    Rule any =
        new Rule(UUID.randomUUID(), RuleScope.USER, null, null, null, "*", "*", true, "ada", NINE);
    assertThat(any.matches(Asks.question("Which?"))).isFalse();
  }

  @Test
  void whatWasCutIsAllowedByNoPatternButThatOfEverything() {
    ApprovalRequested cut = Asks.tool("Bash", "make", true);
    assertThat(rule(RuleScope.THREAD, "make*", true).matches(cut)).isFalse();
    assertThat(rule(RuleScope.THREAD, "make*", false).matches(cut)).isTrue();
    assertThat(rule(RuleScope.THREAD, "*", true).matches(cut)).isTrue();
  }
}
