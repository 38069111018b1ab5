package dev.heddle.worker.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {

  @TempDir Path folder;

  private Path file;
  private Secrets secrets;

  @BeforeEach
  void make() {
    file = folder.resolve("secrets.yml");
    secrets = new Secrets(file, Map.of("FROM_WORKER", "worker-value"));
  }

  @Test
  void withoutAFileThereAreNone() throws SecretsException {
    secrets.check();

    RunSecrets run = secrets.of("Shop", "claude");
    assertThat(run.problem()).isNull();
    assertThat(run.variables()).isEmpty();
  }

  @Test
  void aProjectCountsBeforeAnEngineAndThatBeforeAll() throws IOException {
    write(
        """
        all:
          A: all-a-value
          B: all-b-value
          C: all-c-value
        engines:
          claude:
            B: claude-b-value
            C: claude-c-value
          codex:
            B: codex-b-value
        projects:
          My Shop:
            C: shop-c-value
          Other:
            D: other-d-value
        """);

    RunSecrets run = secrets.of("My Shop", "claude");

    assertThat(run.problem()).isNull();
    assertThat(run.variables())
        .containsOnly(
            Map.entry("A", "all-a-value"),
            Map.entry("B", "claude-b-value"),
            Map.entry("C", "shop-c-value"));
    assertThat(
            run.redactor()
                .redact("all-b-value claude-b-value codex-b-value other-d-value all-a-value"))
        .as("those of others are hidden too")
        .isEqualTo("[secret B] [secret B/2] [secret B/3] [secret D] [secret A]");
    assertThat(run.toString()).doesNotContain("value");
  }

  @Test
  void aValueMayBeAVariableOfTheWorkerAndIsTakenAsItIsWritten() throws IOException {
    write(
        """
        all:
          A: env:FROM_WORKER
          B: 0123
          C: 2020-01-01
          D: yes
        engines:
        """);

    assertThat(secrets.of("p", "e").variables())
        .containsOnly(
            Map.entry("A", "worker-value"),
            Map.entry("B", "0123"),
            Map.entry("C", "2020-01-01"),
            Map.entry("D", "yes"));
  }

  @Test
  void aNewKeyCountsFromTheNextRunOn() throws IOException {
    write("all: {A: first-value}");
    assertThat(secrets.of("p", "e").variables()).containsEntry("A", "first-value");

    write("all: {A: second-value}");

    assertThat(secrets.of("p", "e").variables()).containsEntry("A", "second-value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "all: {A: env:NOWHERE} | all.A | start the worker with it",
        "all: [hidden-value] | all | names with values",
        "all: {A: [hidden-value]} | all.A | one value",
        "all: {a-b: hidden-value} | all | no name of one",
        "some: {A: hidden-value} | 'some' | all, engines, projects",
        "engines: {claude: hidden-value} | engines.claude | names with values",
        "'all: {A: \"hidden-value' | secrets.yml | no YAML"
      })
  void whatCannotBeUsedIsSaidWithoutTheValues(String text, String where, String what)
      throws IOException {
    write(text);

    assertThat(secrets.of("p", "e").problem()).contains(where, what).doesNotContain("hidden-value");
    assertThatThrownBy(secrets::check).hasMessage(secrets.of("p", "e").problem());
  }

  @Test
  void aFileThatOthersMayReadIsRefused() throws IOException {
    write("all: {A: hidden-value}");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThat(secrets.of("p", "e").problem()).contains("chmod 600");
  }

  @ParameterizedTest
  @CsvSource({
    "ANTHROPIC_API_KEY, [secret ANTHROPIC_API_KEY]",
    "GH_TOKEN, [secret GH_TOKEN]",
    "db_password, [secret db_password]",
    "SIGNING_KEY_2, [secret SIGNING_KEY_2]",
    "OPENAI_BASE_URL, value-of-the-variable",
    "KEYBOARD_LAYOUT, value-of-the-variable",
    "MAX_TOKENS, value-of-the-variable"
  })
  void whatTheWorkerInheritsIsHiddenWhereItsNameSaysThatItIsSecret(String name, String shown) {
    Secrets own = new Secrets(file, Map.of(name, "value-of-the-variable"));

    RunSecrets run = own.of("p", "e");

    assertThat(run.redactor().redact("it is value-of-the-variable")).isEqualTo("it is " + shown);
    assertThat(run.variables()).as("an engine is told what is meant for it").isEmpty();
  }

  @Test
  void whatIsInheritedIsHiddenBesideWhatTheFileSaysUnderTheSameName() throws IOException {
    Secrets own = new Secrets(file, Map.of("GH_TOKEN", "inherited-value"));
    write("projects: {Shop: {GH_TOKEN: project-value}}");

    assertThat(own.of("p", "e").redactor().redact("inherited-value project-value"))
        .isEqualTo("[secret GH_TOKEN] [secret GH_TOKEN/2]");
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
