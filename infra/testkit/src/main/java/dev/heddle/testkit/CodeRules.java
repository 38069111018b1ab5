package dev.heddle.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.metaAnnotatedWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.NullMarked;

/** How main code is written. */
final class CodeRules {

  static final ArchRule NULL_MARKED =
      classes().should(resideInANullMarkedPackage()).as("has only packages marked @NullMarked");

  static final ArchRule TELLING_NAMES =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .as("has no class called Util, Utils, Helper, Manager or Impl");

  static final ArchRule TELLING_PACKAGES =
      noClasses()
          .should()
          .resideInAnyPackage(
              "dev.heddle..common..",
              "dev.heddle..util..",
              "dev.heddle..utils..",
              "dev.heddle..shared..")
          .as("has no package called common, util or shared");

  static final ArchRule NO_FIELD_INJECTION =
      noFields()
          .should()
          .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
          .orShould()
          .beAnnotatedWith("org.springframework.beans.factory.annotation.Value")
          .orShould()
          .beAnnotatedWith("jakarta.inject.Inject")
          .orShould()
          .beAnnotatedWith("jakarta.annotation.Resource")
          .orShould()
          .beAnnotatedWith("jakarta.persistence.PersistenceContext")
          .as("injects by constructor, not into fields");

  static final ArchRule INJECTED_TIME =
      noClasses()
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(LocalDate.class, "now")
          .orShould()
          .callMethod(LocalDateTime.class, "now")
          .orShould()
          .callMethod(OffsetDateTime.class, "now")
          .orShould()
          .callMethod(ZonedDateTime.class, "now")
          .orShould()
          .callConstructor(Date.class)
          .as("asks an injected clock for the time");

  static final ArchRule CLOCKS_FROM_CONFIGURATION =
      noClasses()
          .that(not(wireThingsTogether()))
          .should()
          .accessTargetWhere(
              targetOwner(equivalentTo(Clock.class))
                  .and(
                      DescribedPredicate.describe(
                          "a system clock",
                          access -> nameStartingWith("system").test(access.getTarget()))))
          .as("makes a clock only where things are wired together");

  static final ArchRule INJECTED_IDS =
      noClasses().should().callMethod(UUID.class, "randomUUID").as("takes ids from Ids");

  static final ArchRule ONE_WAY_TO_LOG =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.util.logging..")
          .orShould()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .orShould()
          .callMethod(Throwable.class, "printStackTrace")
          .as("logs through SLF4J only");

  static final ArchRule THIN_CONTROLLERS =
      noClasses()
          .that(metaAnnotatedWith("org.springframework.stereotype.Controller"))
          .should()
          .dependOnClassesThat(reachTheDatabase())
          .as("has no controller that reaches into the database");

  private CodeRules() {}

  static List<ArchRule> of(ModuleRules module) {
    List<ArchRule> rules = new ArrayList<>();
    rules.add(NULL_MARKED);
    rules.add(TELLING_NAMES);
    rules.add(TELLING_PACKAGES);
    rules.add(NO_FIELD_INJECTION);
    rules.add(THIN_CONTROLLERS);
    if (!module.isAtTheTerminal()) {
      rules.add(INJECTED_IDS);
      rules.add(INJECTED_TIME);
      rules.add(CLOCKS_FROM_CONFIGURATION);
      rules.add(ONE_WAY_TO_LOG);
    }
    return rules;
  }

  private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
    return new ArchCondition<>("reside in a package marked @NullMarked") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        JavaPackage home = item.getPackage();
        boolean marked =
            home.tryGetPackageInfo()
                .map(info -> info.isAnnotatedWith(NullMarked.class))
                .orElse(false);
        events.add(
            new SimpleConditionEvent(
                item, marked, home.getName() + " of " + item.getSimpleName() + " is not marked"));
      }
    };
  }

  /** Configuration classes, and those with a main method. */
  private static DescribedPredicate<JavaClass> wireThingsTogether() {
    return DescribedPredicate.describe(
        "wire things together",
        (JavaClass item) ->
            metaAnnotatedWith("org.springframework.context.annotation.Configuration").test(item)
                || item.tryGetMethod("main", String[].class).isPresent());
  }

  private static DescribedPredicate<JavaClass> reachTheDatabase() {
    return DescribedPredicate.describe(
        "reach the database",
        (JavaClass item) ->
            item.isAssignableTo("jakarta.persistence.EntityManager")
                || item.isAssignableTo("org.springframework.data.repository.Repository")
                || item.isAssignableTo("org.springframework.jdbc.core.JdbcOperations")
                || item.isAssignableTo("org.springframework.jdbc.core.simple.JdbcClient")
                || item.isAssignableTo("javax.sql.DataSource"));
  }
}
