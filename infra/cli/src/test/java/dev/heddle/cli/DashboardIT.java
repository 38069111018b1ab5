package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The operator's whole loop in a real browser; what is done in it is in gateway/dashboard/e2e. */
class DashboardIT {

  private static final long LIMIT_MINUTES = 10;

  /** The script's exit code; {@code .ci/run} installs one. */
  private static final int NO_BROWSER = 77;

  private final HeddleSystem system = HeddleSystem.shared();
  private final Api api = new Api(system);
  private final List<String> projects = new ArrayList<>();

  @TempDir Path folder;

  @Test
  void anOperatorDispatchesWatchesAnswersSteersAndGoesBack() throws Exception {
    String link = system.command("open").expectOk().out().strip();
    Path dashboard =
        Path.of(System.getProperty("heddle.source")).resolve("gateway").resolve("dashboard");

    projects.add(system.project());
    projects.add(projectWithRepository());

    String said =
        run(dashboard, "node", "e2e/loop.mjs", link, projects.getFirst(), projects.getLast());

    assertThat(said).contains("nothing to complain of on any page");
  }

  /** It leaves threads that wait for a person, as pages show them; others share the system. */
  @AfterEach
  void archive() {
    for (String project : projects) {
      for (JsonNode thread : api.list("api/threads?project=" + project)) {
        api.call("PATCH", "api/threads/" + thread.path("id").asString(""), Map.of("archived", true))
            .expect(200);
      }
    }
    new Endings(system).awaitFreeSlots();
  }

  private String projectWithRepository() throws IOException, InterruptedException {
    Path origin = Files.createDirectory(folder.resolve("origin"));
    Files.writeString(origin.resolve("README.md"), "# Shop\n");
    run(origin, "git", "init", "-q", "-b", "main");
    run(origin, "git", "add", ".");
    run(origin, "git", "-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "Begin");
    String name = "r" + Long.toHexString(System.nanoTime());
    api.post("api/projects", Map.of("name", name, "repository", origin.toString())).expect(201);
    return name;
  }

  /**
   * Runs a program to its end and returns what it printed; one that fails or hangs fails the test.
   */
  private String run(Path in, String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "said", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String said = Files.readString(out);
    assertThat(ended).as("hangs: %s", said).isTrue();
    assumeThat(process.exitValue()).as(said).isNotEqualTo(NO_BROWSER);
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
