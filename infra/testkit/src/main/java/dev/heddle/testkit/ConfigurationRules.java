package dev.heddle.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.util.unit.DataSize;

/**
 * What every module's configuration keeps to: each key of its records, and of those that it uses of
 * others, stands in its {@code application.yml} with a comment, nothing else does under {@code
 * heddle}, and a value that makes no sense stops the start with words that name the key.
 */
public final class ConfigurationRules {

  private static final Pattern LINE =
      Pattern.compile("(?<indent> *)(?<off># ?)?(?<key>[a-z][a-z0-9-]*):(?<value>( .*)?)");

  private final Path page;
  private final List<String> irrelevant;

  /** One key: the record that it is bound in, and its type. */
  private record Key(String prefix, Class<?> record, Class<?> type) {}

  private ConfigurationRules(Path page, List<String> irrelevant) {
    this.page = page;
    this.irrelevant = irrelevant;
  }

  /**
   * The rules for the module of the current directory.
   *
   * @param irrelevant keys, or beginnings of keys, that have no meaning in this module
   */
  public static ConfigurationRules without(String... irrelevant) {
    return new ConfigurationRules(
        Path.of("src/main/resources/application.yml").toAbsolutePath(), List.of(irrelevant));
  }

  /**
   * All rules, each as a test.
   *
   * @param required values of keys that have no default
   */
  public Stream<DynamicTest> tests(Map<String, Object> required) {
    return Stream.of(
        DynamicTest.dynamicTest(
            "every key is in the file with a comment, and no other is", this::checkDocumented),
        DynamicTest.dynamicTest(
            "nonsense is refused in words that name the key", this::checkRefusals),
        DynamicTest.dynamicTest("the file itself is taken", () -> checkDefaults(required)),
        DynamicTest.dynamicTest("a database is used with care", this::checkDatabase));
  }

  /** Fails where a service's connections could hold locks for ever, or tell what was refused. */
  void checkDatabase() {
    StandardEnvironment file = environment(Map.of());
    if (file.containsProperty("spring.flyway.default-schema")) {
      assertThat(file.getProperty("spring.datasource.hikari.connection-init-sql"))
          .isEqualTo("set idle_in_transaction_session_timeout = '60s'");
      assertThat(
              file.getProperty(
                  "spring.datasource.hikari.data-source-properties.logServerErrorDetail"))
          .isEqualTo("false");
      assertThat(file.getProperty("spring.flyway.postgresql.transactional-lock"))
          .as("a lock that idles in a transaction would be lost during a long migration")
          .isEqualTo("false");
    }
  }

  /** Fails where a key is missing, has no comment, or belongs to no record. */
  void checkDocumented() {
    Map<String, Key> keys = keys();
    Map<String, String> written = written();
    assertThat(written.keySet()).as(page + " documents").isEqualTo(keys.keySet());
    assertThat(written)
        .allSatisfy((key, comment) ->
            assertThat(comment)
                .as(key + " says what it means, its unit, and its default")
                .hasSizeGreaterThan(12)
                .containsIgnoringCase("default"));
  }

  /** Fails where a number that makes no sense is taken, or refused without naming its key. */
  void checkRefusals() {
    keys()
        .forEach((key, where) -> {
          for (String nonsense : nonsense(where.type())) {
            Throwable refusal = catchThrowable(() -> bind(where, Map.of(key, nonsense)));
            assertThat(refusal).as("%s=%s", key, nonsense).isNotNull();
            FailureAnalysis analysis = analysis(refusal);
            assertThat(analysis.getDescription())
                .as("%s=%s", key, nonsense)
                .contains(key)
                .containsPattern(Pattern.quote(nonsense) + "|PT-1S|-1B");
          }
        });
  }

  /**
   * Fails where the file as it is cannot be bound.
   *
   * @param required values of keys that have no default
   */
  void checkDefaults(Map<String, Object> required) {
    keys().values().stream().distinct().forEach(where -> bind(where, required));
  }

  private void bind(Key where, Map<String, Object> overridden) {
    Binder.get(environment(overridden)).bindOrCreate(where.prefix(), Bindable.of(where.record()));
  }

  private StandardEnvironment environment(Map<String, Object> overridden) {
    var environment = new StandardEnvironment();
    try {
      new YamlPropertySourceLoader()
          .load("page", new FileSystemResource(page))
          .forEach(environment.getPropertySources()::addLast);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    environment.getPropertySources().addFirst(new MapPropertySource("test", overridden));
    return environment;
  }

  /** As the start of a service would tell it. */
  private static FailureAnalysis analysis(Throwable refusal) {
    var environment = new StandardEnvironment();
    List<FailureAnalyzer> analyzers =
        SpringFactoriesLoader.forDefaultResourceLocation()
            .load(
                FailureAnalyzer.class,
                ArgumentResolver.of(org.springframework.core.env.Environment.class, environment)
                    .and(
                        org.springframework.beans.factory.BeanFactory.class,
                        new org.springframework.beans.factory.support
                            .DefaultListableBeanFactory()));
    for (FailureAnalyzer analyzer : analyzers) {
      FailureAnalysis analysis = analyzer.analyze(refusal);
      if (analysis != null) {
        return analysis;
      }
    }
    throw new AssertionError("no readable reason, only a stack trace", refusal);
  }

  private static List<String> nonsense(Class<?> type) {
    if (type == Duration.class) {
      return List.of("-1s", "soon");
    }
    if (type == DataSize.class) {
      return List.of("-1B", "much");
    }
    if (type == int.class || type == Integer.class || type == long.class) {
      return List.of("-1", "many");
    }
    return List.of();
  }

  private Map<String, Key> keys() {
    Map<String, Key> keys = new TreeMap<>();
    for (JavaClass found :
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.heddle")) {
      if (found.isAnnotatedWith(ConfigurationProperties.class)) {
        String prefix = found.getAnnotationOfType(ConfigurationProperties.class).value();
        addKeys(keys, prefix, prefix, found.reflect(), found.reflect());
      }
    }
    keys.keySet().removeIf(key -> irrelevant.stream().anyMatch(key::startsWith));
    return keys;
  }

  private static void addKeys(
      Map<String, Key> keys, String prefix, String path, Class<?> root, Class<?> record) {
    assertThat(record.isRecord()).as(record + " is a record").isTrue();
    for (RecordComponent component : record.getRecordComponents()) {
      String key = path + "." + kebab(component.getName());
      if (component.getType().isRecord()) {
        addKeys(keys, prefix, key, root, component.getType());
      } else {
        keys.put(key, new Key(prefix, root, component.getType()));
      }
    }
  }

  private static String kebab(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
  }

  /** The keys under {@code heddle}, switched off or not, with what is said of each. */
  private Map<String, String> written() {
    List<String> lines;
    try {
      lines = Files.readAllLines(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    record Level(int indent, String key) {}
    Map<String, String> found = new TreeMap<>();
    Deque<Level> levels = new ArrayDeque<>();
    List<String> comment = new ArrayList<>();
    for (String line : lines) {
      Matcher parts = LINE.matcher(line);
      String text = line.strip();
      if (!parts.matches()) {
        if (text.startsWith("#")) {
          comment.add(text.substring(1).strip());
        } else {
          comment.clear();
        }
        continue;
      }
      boolean off = parts.group("off") != null;
      int indent = parts.group("indent").length();
      while (!levels.isEmpty() && levels.peek().indent() >= indent) {
        levels.pop();
      }
      List<String> path = new ArrayList<>(List.of(parts.group("key")));
      levels.forEach(level -> path.addFirst(level.key()));
      String value = parts.group("value").strip();
      if (value.isEmpty() && !off) {
        levels.push(new Level(indent, parts.group("key")));
      } else if (path.getFirst().equals("heddle")) {
        int hash = value.indexOf(" #");
        String beside = hash < 0 ? "" : value.substring(hash + 2);
        found.put(String.join(".", path), (String.join(" ", comment) + " " + beside).strip());
      }
      comment.clear();
    }
    return found;
  }
}
