package dev.heddle.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureRulesTest {

  private static final String FIXTURES = "dev.heddle.testkit.fixtures";

  /** Each rule with a fixture that breaks it, what breaks it there, and one that obeys. */
  static Stream<Arguments> rules() {
    return Stream.of(
        rule(
            fixture("mixed", "thread").usesOnlyItsOwn(),
            "mixed.thread",
            List.of("ReachesIntoAnotherService"),
            null),
        rule(
            fixture("cyclic", "thread").noCycles(),
            "cyclic.thread",
            List.of("Slice first", "Slice second"),
            null),
        rule(
            fixture("tested", "thread").noTestCode(),
            "tested.thread",
            List.of("AssertsInMainCode"),
            null),
        rule(
            fixture("impure", "contracts").onlyTheJdkAndAnnotations(),
            "impure.contracts",
            List.of("KnowsSpring"),
            null),
        rule(fixture("clean", "thread").usesOnlyItsOwn(), null, List.of(), "clean.thread"),
        rule(fixture("clean", "thread").noCycles(), null, List.of(), "clean.thread"),
        rule(fixture("clean", "thread").noTestCode(), null, List.of(), "clean.thread"),
        rule(
            fixture("clean", "contracts").onlyTheJdkAndAnnotations(),
            null,
            List.of(),
            "clean.contracts"),
        rule(CodeRules.NULL_MARKED, "bad.unmarked", List.of("InAnUnmarkedPackage"), "good"),
        rule(
            CodeRules.TELLING_NAMES,
            "bad.names",
            List.of("StringUtils", "TextUtil", "ThreadHelper", "SessionManager", "StoreImpl"),
            "good"),
        rule(CodeRules.TELLING_PACKAGES, "bad.common", List.of("common.Something"), "good"),
        rule(CodeRules.TELLING_PACKAGES, "bad.util", List.of("util.Something"), "good"),
        rule(CodeRules.TELLING_PACKAGES, "bad.shared", List.of("shared.Something"), "good"),
        rule(CodeRules.NO_FIELD_INJECTION, "bad.injection", List.of("InjectedField.clock"), "good"),
        rule(
            CodeRules.INJECTED_TIME,
            "bad.time",
            List.of("ReadsTheWallClock.now", "CountsMilliseconds.now"),
            "good"),
        rule(
            CodeRules.CLOCKS_FROM_CONFIGURATION,
            "bad.clock",
            List.of("MakesItsOwnClock.now"),
            "good"),
        rule(CodeRules.INJECTED_IDS, "bad.ids", List.of("MakesRandomIds.next"), "good"),
        rule(
            CodeRules.ONE_WAY_TO_LOG,
            "bad.logging",
            List.of("PrintsToTheConsole.hello", "LogsWithTheJdk.logger"),
            "good"),
        rule(CodeRules.THIN_CONTROLLERS, "bad.controller", List.of("QueryingController"), "good"),
        rule(TestRules.NO_SLEEP, "bad.sleep", List.of("Thread.sleep", "TimeUnit.sleep"), "good"));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void isRedOnTheBadFixtureAndGreenOnTheGoodOne(
      ArchRule rule, String bad, List<String> culprits, String good) {
    if (bad != null) {
      assertThatThrownBy(() -> rule.check(classesOf(bad)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContainingAll(culprits.toArray(String[]::new));
    }
    if (good != null) {
      assertThatCode(() -> rule.allowEmptyShould(true).check(classesOf(good)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void everyRuleHasAFixtureThatBreaksIt() {
    List<String> shown =
        rules()
            .filter(arguments -> arguments.get()[1] != null)
            .map(arguments -> ((ArchRule) arguments.get()[0]).getDescription())
            .toList();

    ModuleRules thread = ModuleRules.of("dev.heddle", "dev.heddle.thread");
    ModuleRules contracts = ModuleRules.of("dev.heddle", "dev.heddle.contracts");
    assertThat(Stream.of(CodeRules.of(thread), TestRules.ALL).flatMap(List::stream))
        .extracting(ArchRule::getDescription)
        .isSubsetOf(shown);
    assertThat(Stream.of(thread.rules(), contracts.rules()).flatMap(List::stream))
        .extracting(ArchRule::getDescription)
        .allMatch(
            description -> shown.contains(description) || description.startsWith("uses no module"));
  }

  @Test
  void aServiceMayUseNoOtherService() {
    assertThat(ModuleRules.of("dev.heddle", "dev.heddle.thread").usesOnlyItsOwn().getDescription())
        .contains("contracts", "messaging", "rest", "security")
        .doesNotContain("session", "trace", "worker", "gateway", "local", "cli", "testkit");
  }

  @Test
  void refusesAModuleThatItDoesNotKnow() {
    assertThatThrownBy(() -> ArchitectureRules.forModule("dev.heddle.unheard"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dev.heddle.unheard");
    assertThatThrownBy(() -> ArchitectureRules.forModule("org.elsewhere.thread"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void failsWhereThereIsNothingToCheck() {
    DynamicTest first =
        ArchitectureRules.forModule("dev.heddle.gateway").tests().findFirst().orElseThrow();

    assertThatThrownBy(() -> first.getExecutable().execute())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("dev.heddle.gateway");
  }

  /** Contracts cannot depend on testkit, which depends on them. */
  @TestFactory
  Stream<DynamicTest> contractsObeyTheRules() {
    return ArchitectureRules.forModule("dev.heddle.contracts").tests();
  }

  private static Arguments rule(ArchRule rule, String bad, List<String> culprits, String good) {
    return argumentSet(
        rule.getDescription() + (bad == null ? "" : ", " + bad), rule, bad, culprits, good);
  }

  private static ModuleRules fixture(String root, String module) {
    return ModuleRules.of(FIXTURES + "." + root, FIXTURES + "." + root + "." + module);
  }

  private static JavaClasses classesOf(String fixture) {
    return new ClassFileImporter().importPackages(FIXTURES + "." + fixture);
  }
}
