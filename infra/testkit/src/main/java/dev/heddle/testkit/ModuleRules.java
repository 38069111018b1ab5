package dev.heddle.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who may use whom. */
final class ModuleRules {

  private static final Set<String> INFRASTRUCTURE =
      Set.of("contracts", "messaging", "rest", "security");

  /** For each module those that it may use; what stands in no set is used by nobody. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("apidocs", Set.of("contracts", "rest", "security")),
          Map.entry("contracts", Set.of()),
          Map.entry("messaging", Set.of("contracts")),
          Map.entry("rest", Set.of("contracts")),
          Map.entry("security", Set.of("contracts", "rest")),
          Map.entry("testkit", Set.of("contracts")),
          Map.entry("thread", INFRASTRUCTURE),
          Map.entry("session", INFRASTRUCTURE),
          Map.entry("trace", INFRASTRUCTURE),
          Map.entry("worker", INFRASTRUCTURE),
          Map.entry("gateway", INFRASTRUCTURE),
          // They start the services and workers as processes, and know nothing of their code.
          Map.entry("local", Set.of()),
          // A program of its own, which knows Heddle only by the protocol that it speaks.
          Map.entry("practice", Set.of()),
          Map.entry("cli", Set.of("contracts", "local")));

  /**
   * Modules of the person at the terminal: they print, read that person's clock, and name a launch
   * or a request, which nobody has to find in order.
   */
  private static final Set<String> AT_THE_TERMINAL = Set.of("local", "cli", "practice");

  private final String root;
  private final String module;
  private final Set<String> allowed;

  private ModuleRules(String root, String module, Set<String> allowed) {
    this.root = root;
    this.module = module;
    this.allowed = allowed;
  }

  static ModuleRules of(String root, String basePackage) {
    String module = basePackage.substring(basePackage.lastIndexOf('.') + 1);
    Set<String> allowed = MAY_USE.get(module);
    if (allowed == null || !basePackage.equals(root + "." + module)) {
      throw new IllegalArgumentException(
          "no module has the package %s; declare in ModuleRules what it may use"
              .formatted(basePackage));
    }
    return new ModuleRules(root, module, allowed);
  }

  boolean isAtTheTerminal() {
    return AT_THE_TERMINAL.contains(module);
  }

  List<ArchRule> rules() {
    List<ArchRule> rules = new ArrayList<>();
    rules.add(usesOnlyItsOwn());
    rules.add(noCycles());
    if (!module.equals("testkit") && !module.equals("apidocs")) {
      rules.add(noTestCode());
    }
    if (module.equals("contracts")) {
      rules.add(onlyTheJdkAndAnnotations());
    }
    return rules;
  }

  ArchRule usesOnlyItsOwn() {
    return classes()
        .should(useOnly(root, module, allowed))
        .as("uses no module but " + (allowed.isEmpty() ? "itself" : String.join(", ", allowed)));
  }

  ArchRule noCycles() {
    return slices()
        .matching(root + "." + module + ".(*)..")
        .should()
        .beFreeOfCycles()
        .as("has no cycle between feature packages");
  }

  ArchRule noTestCode() {
    return noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            root + ".testkit..",
            root + ".apidocs..",
            "org.junit..",
            "org.assertj..",
            "com.tngtech.archunit..")
        .as("has no test code in its main code");
  }

  ArchRule onlyTheJdkAndAnnotations() {
    return classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            root + "." + module + "..",
            "java..",
            "org.jspecify.annotations..",
            "com.fasterxml.jackson.annotation..")
        .as("depends on the JDK, JSpecify and Jackson annotations only");
  }

  private static ArchCondition<JavaClass> useOnly(String root, String module, Set<String> allowed) {
    return new ArchCondition<>("use only allowed modules") {
      @Override
      public void check(JavaClass origin, ConditionEvents events) {
        for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
          String used =
              moduleOf(root, dependency.getTargetClass().getBaseComponentType().getPackageName());
          if (!used.isEmpty() && !used.equals(module) && !allowed.contains(used)) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
      }
    };
  }

  /** The module that a package belongs to, or an empty text for one that is not ours. */
  private static String moduleOf(String root, String packageName) {
    if (!packageName.startsWith(root + ".")) {
      return "";
    }
    String rest = packageName.substring(root.length() + 1);
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }
}
