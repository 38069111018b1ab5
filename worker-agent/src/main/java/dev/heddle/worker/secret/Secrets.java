package dev.heddle.worker.secret;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * What engines are told that nobody else may know, such as the keys of model providers. It stands
 * in a file of the machine, never in a record or a service:
 *
 * <pre>
 * all:                  # every engine of every project
 *   HTTP_TOKEN: "…"
 * engines:
 *   claude:             # the engine of that name
 *     ANTHROPIC_API_KEY: env:ANTHROPIC_API_KEY   # a variable of the worker's own environment
 * projects:
 *   Shop:               # the project of that name; counts before the engine, which counts before all
 *     DATABASE_URL: "…"
 * </pre>
 *
 * The file is read for each run, so that a new key counts from the next one on. It may be read by
 * its owner alone. Variables of the worker's own environment whose names say that they are secret
 * are hidden too: engines inherit the key that they sign in with.
 */
public final class Secrets {

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern SECRET =
      Pattern.compile(
          "(.*(_|API|AUTH))?(KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)(_.*)?",
          Pattern.CASE_INSENSITIVE);
  private static final String FROM_ENVIRONMENT = "env:";
  private static final Set<String> SECTIONS = Set.of("all", "engines", "projects");

  private static final Set<PosixFilePermission> OTHERS =
      Set.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private final Path file;
  private final Map<String, String> environment;

  /**
   * @param file which need not exist
   * @param environment of the worker
   */
  public Secrets(Path file, Map<String, String> environment) {
    this.file = file;
    this.environment = Map.copyOf(environment);
  }

  /** Takes every value as it is written: a password of digits is no number. */
  private static final class Words extends Resolver {
    @Override
    protected void addImplicitResolvers() {}
  }

  private record Content(
      Map<String, String> all,
      Map<String, Map<String, String>> engines,
      Map<String, Map<String, String>> projects) {

    static final Content NONE = new Content(Map.of(), Map.of(), Map.of());
  }

  /**
   * Makes sure that the file can be used.
   *
   * @throws SecretsException where it cannot
   */
  public void check() throws SecretsException {
    read();
  }

  /** What a run of this engine in this project may know. */
  public RunSecrets of(String project, String engine) {
    Map<String, String> known = inherited();
    Content content;
    try {
      content = read();
    } catch (SecretsException e) {
      return new RunSecrets(Map.of(), new Redactor(known), e.getMessage());
    }
    Map<String, String> variables = new HashMap<>(content.all());
    variables.putAll(content.engines().getOrDefault(engine, Map.of()));
    variables.putAll(content.projects().getOrDefault(project, Map.of()));
    remember(known, content.all());
    // The same name may stand for several values; each is hidden.
    content.engines().values().forEach(section -> remember(known, section));
    content.projects().values().forEach(section -> remember(known, section));
    return new RunSecrets(variables, new Redactor(known), null);
  }

  private Map<String, String> inherited() {
    Map<String, String> secret = new LinkedHashMap<>(environment);
    secret.keySet().removeIf(name -> !SECRET.matcher(name).matches());
    return secret;
  }

  private static void remember(Map<String, String> known, Map<String, String> section) {
    section.forEach((name, value) -> {
      String key = name;
      for (int i = 2; known.containsKey(key) && !known.get(key).equals(value); i++) {
        key = name + "/" + i;
      }
      known.put(key, value);
    });
  }

  private Content read() throws SecretsException {
    if (!Files.exists(file)) {
      return Content.NONE;
    }
    Object content;
    try {
      if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
        throw new SecretsException(
            "the file of secrets %s may be read by others; run: chmod 600 %s"
                .formatted(file, file));
      }
      content =
          new Yaml(
                  new SafeConstructor(new LoaderOptions()),
                  new Representer(new DumperOptions()),
                  new DumperOptions(),
                  new LoaderOptions(),
                  new Words())
              .load(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new SecretsException("the file of secrets cannot be read: " + e);
    } catch (YAMLException e) {
      // Its message quotes the file.
      throw new SecretsException(
          "the file of secrets %s is no YAML; see the worker's documentation for its form"
              .formatted(file));
    }
    if (content == null || content.equals("")) {
      return Content.NONE;
    }
    Map<String, Object> sections = names(content, "the file");
    for (String section : sections.keySet()) {
      if (!SECTIONS.contains(section)) {
        throw new SecretsException(
            "the file of secrets %s has a section '%s'; there are: all, engines, projects"
                .formatted(file, section));
      }
    }
    return new Content(
        variables(sections.get("all"), "all"),
        groups(sections.get("engines"), "engines"),
        groups(sections.get("projects"), "projects"));
  }

  private Map<String, Map<String, String>> groups(@Nullable Object section, String where)
      throws SecretsException {
    Map<String, Map<String, String>> groups = new LinkedHashMap<>();
    if (section != null && !section.equals("")) {
      for (var group : names(section, where).entrySet()) {
        groups.put(group.getKey(), variables(group.getValue(), where + "." + group.getKey()));
      }
    }
    return groups;
  }

  private Map<String, String> variables(@Nullable Object section, String where)
      throws SecretsException {
    Map<String, String> variables = new LinkedHashMap<>();
    if (section != null && !section.equals("")) {
      for (var entry : names(section, where).entrySet()) {
        String name = entry.getKey();
        if (!NAME.matcher(name).matches()) {
          throw new SecretsException(
              "%s of the file of secrets %s names a variable that is no name of one"
                  .formatted(where, file));
        }
        variables.put(name, value(where + "." + name, entry.getValue()));
      }
    }
    return variables;
  }

  private String value(String where, @Nullable Object value) throws SecretsException {
    if (!(value instanceof String text)) {
      throw new SecretsException(
          "%s of the file of secrets %s must be one value".formatted(where, file));
    }
    if (!text.startsWith(FROM_ENVIRONMENT)) {
      return text;
    }
    String found = environment.get(text.substring(FROM_ENVIRONMENT.length()));
    if (found == null) {
      throw new SecretsException(
          "%s of the file of secrets %s names a variable that the worker does not have; start the worker with it"
              .formatted(where, file));
    }
    return found;
  }

  private Map<String, Object> names(Object section, String where) throws SecretsException {
    if (!(section instanceof Map<?, ?> map)) {
      throw new SecretsException(
          "%s of the file of secrets %s must be names with values".formatted(where, file));
    }
    Map<String, Object> names = new LinkedHashMap<>();
    map.forEach((name, value) -> names.put(String.valueOf(name), value));
    return names;
  }
}
