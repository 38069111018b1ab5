package dev.heddle.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Ids;
import dev.heddle.worker.engine.Cli;
import dev.heddle.worker.engine.EngineTools;
import dev.heddle.worker.engine.OutputLimits;
import dev.heddle.worker.engine.acp.AcpAgent;
import dev.heddle.worker.engine.acp.AcpEngine;
import dev.heddle.worker.process.Guards;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent that does what it should not, as its own process under its guard: the run bears it,
 * tells of it, and ends.
 */
@Timeout(300)
class MisbehavingAgentIT {

  private static final String TOKEN = "sk-hostile-123456789";
  private static final int KEPT_BYTES = 1_000_000;

  @TempDir Path home;

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private RunBench bench;

  @BeforeEach
  void open() throws Exception {
    Path secrets = Files.writeString(home.resolve("secrets.yml"), "all: {TOKEN: " + TOKEN + "}");
    Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-------"));
    Path script = home.resolve("hostile-agent.sh");
    try (var source =
        MisbehavingAgentIT.class.getResourceAsStream("/dev/heddle/worker/hostile-agent.sh")) {
      Files.copy(source, script);
    }
    AcpAgent agent =
        new AcpAgent(
            List.of("bash", script.toString()),
            null,
            null,
            null,
            null,
            null,
            false,
            null,
            null,
            null);
    EngineTools tools =
        new EngineTools(
            Guards.install(Files.createDirectory(home.resolve("worker"))),
            Set.of(),
            new OutputLimits(KEPT_BYTES, 100_000),
            home.resolve("engines"),
            new Ids(Clock.systemUTC(), new SecureRandom()),
            Clock.systemUTC(),
            timer);
    Map<String, String> worker = Map.of("PATH", System.getenv("PATH"));
    bench =
        new RunBench(home, new AcpEngine(new Cli("hostile", agent.cli(), tools, worker), agent));
  }

  @AfterEach
  void close() {
    timer.close();
  }

  /** Whatever the agent does, its run comes to its end. */
  private String outcomeOf(Run run) throws Exception {
    run.over().get(200, TimeUnit.SECONDS);
    run.delivered().get(60, TimeUnit.SECONDS);
    return bench.reported.stream()
        .filter(record -> record.contains("attempt.ended"))
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  private void completes(String prompt) throws Exception {
    assertThat(outcomeOf(bench.begin(prompt, null))).contains("\"completed\"");
  }

  private String all() {
    return String.join("\n", bench.reported);
  }

  @Test
  void whatItSaysOfItsSecretsIsCoveredEverywhere() throws Exception {
    completes("DEED-secrets");

    assertThat(all()).contains("said [secret TOKEN]").contains("erred [secret TOKEN]");
    assertThat(all()).doesNotContain(TOKEN);
  }

  @Test
  void aFloodOfTextIsCut() throws Exception {
    completes("DEED-flood-200");

    assertThat(reportedBytes()).isBetween(KEPT_BYTES / 2L, 3L * KEPT_BYTES);
    assertThat(all()).contains("output beyond 1000000 bytes");
  }

  /** Ones that begin and never end. */
  @Test
  void aFloodOfToolsIsCut() throws Exception {
    completes("DEED-tools-300");

    assertThat(reportedBytes()).isLessThan(3L * KEPT_BYTES);
    assertThat(all()).contains("output beyond 1000000 bytes");
  }

  private long reportedBytes() {
    return bench.reported.stream().mapToLong(String::length).sum();
  }

  @Test
  void aLineOf100MegabytesIsSkippedAndTold() throws Exception {
    completes("DEED-line");

    assertThat(all()).contains("a line of 100000000 bytes, which was skipped");
    assertThat(all()).contains("still here");
  }

  @Test
  void binaryAndTerminalSequencesArriveAsTextOnly() throws Exception {
    completes("DEED-binary");

    assertThat(all()).contains("red end").contains("error");
    assertThat(all()).doesNotContain("\\u001b").doesNotContain("\\u0000");
  }

  @Test
  void oneThatIgnoresEverySignalIsKilledAfterItsGrace() throws Exception {
    Run run = bench.begin("DEED-deaf", null);
    await().atMost(Duration.ofMinutes(2)).until(() -> all().contains("ready"));

    run.cancel(new CommandId(UUID.randomUUID()), "ada");

    assertThat(outcomeOf(run)).contains("\"cancelled\"").contains("137");
    completes("DEED-none");
  }

  /** Of another group, twice forked, deaf, or with no environment: a guard finds each of them. */
  @Test
  void itsDaemonsEndWithIt() throws Exception {
    completes("DEED-daemons");

    assertThat(all()).contains("begun");
    assertThat(sleepers()).isEmpty();
  }

  /** By a length that nobody else sleeps. */
  private static List<String> sleepers() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("\\d+"))
          .map(MisbehavingAgentIT::commandLine)
          .filter(line -> line.startsWith("sleep\0" + "3177"))
          .toList();
    }
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void whatItAsksToBeWrittenOutsideIsRefused() throws Exception {
    completes("DEED-outside");

    assertThat(all()).contains("refused\\nrefused\\nwritten");
    try (Stream<Path> files = Files.walk(home)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("inside.txt")
          .doesNotContain("escaped.txt", "linked.txt");
    }
  }
}
