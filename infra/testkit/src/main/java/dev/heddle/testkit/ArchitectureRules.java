package dev.heddle.testkit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The rules that every module obeys, as tests of its compiled classes. A module runs them so:
 *
 * <pre>{@code
 * class ArchitectureTest {
 *   @TestFactory
 *   Stream<DynamicTest> obeysTheRules() {
 *     return ArchitectureRules.forModule("dev.heddle.thread").tests();
 *   }
 * }
 * }</pre>
 */
public final class ArchitectureRules {

  private static final ImportOption ONLY_TESTS =
      (Location location) -> !ImportOption.Predefined.DO_NOT_INCLUDE_TESTS.includes(location);

  private final String basePackage;
  private final ModuleRules modules;

  private ArchitectureRules(String basePackage, ModuleRules modules) {
    this.basePackage = basePackage;
    this.modules = modules;
  }

  /**
   * The rules for one module.
   *
   * @param basePackage of the module, for example {@code dev.heddle.thread}
   * @throws IllegalArgumentException where no such module is known
   */
  public static ArchitectureRules forModule(String basePackage) {
    return new ArchitectureRules(basePackage, ModuleRules.of("dev.heddle", basePackage));
  }

  /** One test per rule, on the classes of the module that are on the class path. */
  public Stream<DynamicTest> tests() {
    JavaClasses main = imported(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS);
    // Rules for tests look at calls alone; reading every class that tests refer to takes seconds.
    JavaClasses tests =
        ArchConfiguration.withThreadLocalScope(configuration -> {
          configuration.setResolveMissingDependenciesFromClassPath(false);
          return imported(ONLY_TESTS);
        });
    return Stream.concat(
        Stream.concat(
            Stream.of(DynamicTest.dynamicTest("has classes", () -> requireClasses(main))),
            mainRules().stream().map(rule -> test(rule, main))),
        TestRules.ALL.stream().map(rule -> test(rule, tests)));
  }

  private List<ArchRule> mainRules() {
    return Stream.concat(modules.rules().stream(), CodeRules.of(modules).stream()).toList();
  }

  private JavaClasses imported(ImportOption option) {
    return new ClassFileImporter()
        .withImportOption(option)
        .importPackages(basePackage)
        .that(resideInAPackage(basePackage + ".."));
  }

  private void requireClasses(JavaClasses main) {
    if (main.isEmpty()) {
      throw new AssertionError("no classes of " + basePackage + " on the class path");
    }
  }

  private static DynamicTest test(ArchRule rule, JavaClasses classes) {
    return DynamicTest.dynamicTest(
        rule.getDescription(), () -> rule.allowEmptyShould(true).check(classes));
  }
}
