package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script before it hands over to Java, in a checkout of its own with a PATH of its own. */
class HeddleScriptTest {

  private static final List<String> BASICS =
      List.of(
          "bash",
          "cat",
          "date",
          "dirname",
          "env",
          "find",
          "grep",
          "head",
          "ls",
          "mkdir",
          "mktemp",
          "mv",
          "readlink",
          "rm",
          "sed",
          "tail",
          "tee",
          "touch");

  @TempDir Path checkout;
  private Path programs;

  @BeforeEach
  void cleanCheckout() throws IOException {
    Path script = Path.of("..", "..", "heddle").toAbsolutePath().normalize();
    Files.copy(script, checkout.resolve("heddle"));
    programs = Files.createDirectory(checkout.resolve("programs"));
    for (String name : BASICS) {
      for (String folder : System.getenv("PATH").split(":", -1)) {
        Path program = Path.of(folder, name);
        if (Files.isExecutable(program) && !Files.exists(programs.resolve(name))) {
          program(programs.resolve(name), "exec " + program + " \"$@\"");
        }
      }
    }
    program(
        checkout.resolve("mvnw"),
        "touch built; echo '[ERROR] /src/A.java:[1,2] no symbol'; exit 1");
  }

  @Test
  void missingGitIsNamedWithWhatToDo() {
    HeddleSystem.Ran ran = run(Map.of(), "up");

    assertThat(ran.exit()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(ran.err()).contains("git is missing", "Install git 2.30 or later");
  }

  @Test
  void oldGitIsNamedWithItsVersionAndPlace() throws IOException {
    program(programs.resolve("git"), "echo git version 2.11.0");

    HeddleSystem.Ran ran = run(Map.of(), "demo");

    assertThat(ran.exit()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(ran.err()).contains("git 2.11 is too old", programs.resolve("git").toString());
  }

  /** Whatever hands over to Maven or Java, it does so without a complaint of the shell's own. */
  @Test
  void scriptItselfSaysNothingBeforeItHandsOver() throws IOException {
    program(programs.resolve("git"), "echo git version 2.39.5");
    program(checkout.resolve("mvnw"), "echo \"mvnw $*\"");

    for (String command : List.of("apidocs", "test", "format")) {
      HeddleSystem.Ran ran = run(Map.of(), command, "-pl", "infra/rest");

      assertThat(ran.exit()).as(command).isZero();
      assertThat(ran.err()).as(command).isEmpty();
      assertThat(ran.out()).as(command).startsWith("mvnw ");
    }
  }

  @Test
  void everyCommandOfTheScriptIsInTheHelp() throws IOException {
    FakeGateway.Ran help;
    try (FakeGateway gateway = new FakeGateway(checkout)) {
      help = gateway.run("--help");
    }
    List<String> own =
        Files.readAllLines(checkout.resolve("heddle")).stream()
            .filter(line -> line.matches("  [a-z]+\\)"))
            .map(line -> line.strip().replace(")", ""))
            .toList();

    assertThat(own).contains("test", "build", "apidocs", "format");
    assertThat(own).allSatisfy(command -> assertThat(help.out()).contains("heddle " + command));
  }

  @Test
  void oldNodeIsNamedWhereThereIsADashboardToBuild() throws IOException {
    program(programs.resolve("git"), "echo git version 2.39.5");
    program(programs.resolve("node"), "echo v18.20.1");
    Files.createDirectories(checkout.resolve("gateway/dashboard"));
    Files.writeString(checkout.resolve("gateway/dashboard/package.json"), "{}");

    HeddleSystem.Ran ran = run(Map.of(), "build");

    assertThat(ran.exit()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(ran.err()).contains("node 18.20 is too old", "Install node 20.0 or later");
  }

  @Test
  void otherJdkThanNamedIsRefused() throws IOException {
    Path old = Files.createDirectories(checkout.resolve("jdk-21"));
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"21.0.4\"\n");

    HeddleSystem.Ran ran = run(Map.of("HEDDLE_JAVA_HOME", old.toString()), "status");

    assertThat(ran.exit()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(ran.err()).contains(old.toString(), "no JDK 25", "version 21.0.4");
  }

  @Test
  void brokenBuildShowsItsErrorsAndWhereTheLogIs() throws IOException {
    program(programs.resolve("git"), "echo git version 2.39.5");

    HeddleSystem.Ran ran = run(Map.of(), "sessions");

    assertThat(ran.exit()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(ran.err()).contains("/src/A.java:[1,2] no symbol", "the build failed", "build.log");
  }

  @Test
  void whatRunsCanBeStoppedWhateverStateTheSourcesAreIn() throws IOException {
    Path jar = checkout.resolve("infra/cli/target/cli-0.1.0-SNAPSHOT.jar");
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "stands for the last build that worked");

    run(Map.of(), "down");
    run(Map.of(), "status");

    assertThat(checkout.resolve("built")).doesNotExist();
  }

  @Test
  void checkoutThatCannotBeWrittenIsAClearError() throws IOException {
    program(programs.resolve("git"), "echo git version 2.39.5");
    Files.writeString(checkout.resolve("target"), "in the way of the folder");

    HeddleSystem.Ran ran = run(Map.of(), "up");

    assertThat(ran.exit()).isEqualTo(ExitCode.ENVIRONMENT);
    assertThat(ran.err()).contains("cannot write to", "Make this checkout writable");
  }

  private HeddleSystem.Ran run(Map<String, String> environment, String... arguments) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
              programs.resolve("bash").toString(), checkout.resolve("heddle").toString());
      builder.command().addAll(List.of(arguments));
      builder.environment().clear();
      builder.environment().put("PATH", programs.toString());
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      builder.environment().putAll(environment);
      Path out = checkout.resolve("out.txt");
      Path err = checkout.resolve("err.txt");
      builder.directory(checkout.toFile());
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return new HeddleSystem.Ran(
          process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void program(Path file, String script) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
