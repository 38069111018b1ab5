package dev.heddle.worker.process;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.worker.process.GuardedProcess.Exit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real guards over real processes; who is alive is read from /proc. */
@Timeout(60)
class GuardIT {

  private static final long FAR = 600_000;

  private final BootClock clock = BootClock.system();
  private final RunMarker marker =
      new RunMarker(UUID.randomUUID() + ".1." + Long.toHexString(System.nanoTime()));

  @TempDir Path home;
  private final List<GuardedProcess> begun = new ArrayList<>();
  private Guards guards;

  @BeforeEach
  void install() throws IOException {
    guards = Guards.install(home);
  }

  @AfterEach
  void leaveNothing() throws Exception {
    Survivors.killMarked(marker);
    // A guard writes its last files, and their folder is removed, after its command is over: not
    // while JUnit clears this home.
    for (GuardedProcess process : begun) {
      process.exit().get(20, SECONDS);
    }
    await().atMost(20, SECONDS).until(() -> guards().findAny().isEmpty());
  }

  @Test
  void passesInputOutputErrorsAndExitCode() throws Exception {
    GuardedProcess process = bash("read line; echo \"got $line\"; echo oops >&2; exit 7");
    assertThat(process.awaitStart()).isTrue();
    process.standardInput().write("hello\n".getBytes(StandardCharsets.UTF_8));

    assertThat(reader(process).readLine()).isEqualTo("got hello");
    assertThat(new String(process.standardError().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("oops\n");
    assertThat(process.exit().get(10, SECONDS)).isEqualTo(new Exit(7, false));
    assertThat(home.resolve("runs")).isEmptyDirectory();
  }

  @Test
  void reportsDeathBySignalAs128PlusSignal() throws Exception {
    GuardedProcess process = started(bash("kill -9 $$"));

    assertThat(process.exit().get(10, SECONDS)).isEqualTo(new Exit(137, false));
  }

  @Test
  void addsNoIgnoredSignalAndGivesItsOwnGroup() throws Exception {
    GuardedProcess process =
        bash("grep SigIgn /proc/self/status; cut -d' ' -f1,5,6 /proc/$$/stat; exit");
    process.awaitStart();
    BufferedReader out = reader(process);

    Process plain = new ProcessBuilder("grep", "SigIgn", "/proc/self/status").start();
    assertThat(out.readLine()).isEqualTo(plain.inputReader(StandardCharsets.UTF_8).readLine());
    String[] ids = out.readLine().split(" ", -1);
    assertThat(ids[1]).isEqualTo(ids[0]);
    assertThat(ids[2]).isEqualTo(ids[0]);
  }

  @Test
  void freezesWithoutATickAndThawsWithOne() throws Exception {
    GuardedProcess process = start(clock.millis() + 700, "setsid sleep 300 & sleep 300");
    process.awaitStart();
    await().until(() -> alive().size() == 3);

    await().atMost(5, SECONDS).until(() -> states().equals(List.of("T", "T", "T")));
    process.tick(clock.millis() + FAR);
    await().atMost(5, SECONDS).until(() -> !states().contains("T"));
    assertThat(alive()).hasSize(3);

    process.kill();
    process.exit().get(10, SECONDS);
    assertThat(alive()).isEmpty();
  }

  @Test
  void ticksKeepItRunning() throws Exception {
    GuardedProcess process = start(clock.millis() + 1_000, "sleep 300");
    process.awaitStart();
    long end = clock.millis() + 3_000;

    await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(10, SECONDS)
        .until(() -> {
          process.tick(clock.millis() + 1_000);
          assertThat(states()).doesNotContain("T");
          return clock.millis() > end;
        });
  }

  @Test
  void startsNothingOnALeaseThatHasRunOut() throws Exception {
    GuardedProcess process = start(clock.millis() - 1, "echo begun; sleep 300");
    await().during(Duration.ofMillis(500)).until(() -> alive().isEmpty());

    process.tick(clock.millis() + FAR);

    assertThat(process.awaitStart()).isTrue();
    assertThat(reader(process).readLine()).isEqualTo("begun");
  }

  @Test
  void aKillBeforeTheStartStartsNothing() throws Exception {
    GuardedProcess process = start(clock.millis() - 1, "echo begun; sleep 300");

    process.kill();

    assertThat(process.awaitStart()).isFalse();
    process.exit().get(10, SECONDS);
    assertThat(alive()).isEmpty();
  }

  @Test
  void closingTheTickChannelEndsAll() throws Exception {
    Path pids = home.resolve("pids");
    // A worker in miniature: it holds the tick channel of a real guard and is then killed -9.
    Process worker =
        new ProcessBuilder(
                "bash",
                "-c",
                """
                mkdir -p "$1/runs/$2"; mkfifo "$1/runs/$2/stdin"; exec 9<>"$1/runs/$2/stdin"
                sleep 300 | setsid bash "$1/guard.sh" "$1/runs/$2" "$2" "$3" \
                  bash -c 'trap "" TERM HUP; (setsid sleep 300 &) ; sleep 300; true' &
                echo $! >"$4"; wait
                """,
                "worker",
                home.toString(),
                marker.value(),
                Long.toString(clock.millis() + FAR),
                pids.toString())
            .start();
    await().until(() -> alive().size() == 3);
    worker.descendants().filter(this::holdsTheChannel).forEach(ProcessHandle::destroyForcibly);

    await().atMost(10, SECONDS).until(() -> alive().isEmpty());
    worker.destroyForcibly();
  }

  private boolean holdsTheChannel(ProcessHandle process) {
    try {
      return !alive().contains(process.pid())
          && Files.readString(Path.of("/proc", Long.toString(process.pid()), "comm"))
              .strip()
              .equals("sleep");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void killEndsDaemonsThatLeftTheGroup() throws Exception {
    GuardedProcess process =
        started(
            bash(
                "(setsid bash -c 'trap \"\" TERM HUP; (setsid sleep 300 >/dev/null 2>&1 </dev/null &); sleep 300' &) ; sleep 300; true"));
    await().until(() -> alive().size() > 3);

    process.kill();

    process.exit().get(10, SECONDS);
    assertThat(alive()).isEmpty();
  }

  @Test
  void terminateReachesTheGroupAndCanBeIgnored() throws Exception {
    GuardedProcess process = bash("trap 'echo no' TERM; echo ready; while :; do sleep 300; done");
    process.awaitStart();
    BufferedReader out = reader(process);
    assertThat(out.readLine()).isEqualTo("ready");

    process.terminate();

    assertThat(out.readLine()).isEqualTo("no");
    assertThat(process.exit().isDone()).isFalse();
    process.kill();
    assertThat(process.exit().get(10, SECONDS).code()).isEqualTo(137);
    assertThat(alive()).isEmpty();
  }

  @Test
  void descendantsThatKeepTheOutputOpenDoNotHangIt() throws Exception {
    GuardedProcess process = bash("(sleep 0.3; echo late; sleep 300) & echo done");
    process.awaitStart();
    BufferedReader out = reader(process);

    assertThat(out.readLine()).isEqualTo("done");
    assertThat(out.readLine()).isEqualTo("late");
    assertThat(out.readLine()).isNull();
    assertThat(process.exit().get(10, SECONDS)).isEqualTo(new Exit(0, false));
    assertThat(alive()).isEmpty();
  }

  @Test
  void aGuardKilledAloneTakesTheRunWithIt() throws Exception {
    GuardedProcess process = started(bash("(setsid sleep 300 &); sleep 300; true"));
    await().until(() -> alive().size() == 3);

    guard().destroyForcibly();

    assertThat(process.exit().get(10, SECONDS).guardLost()).isTrue();
    assertThat(alive()).isEmpty();
    assertThat(home.resolve("runs")).isEmptyDirectory();
  }

  @Test
  void aWatcherKilledAloneTakesTheRunWithIt() throws Exception {
    GuardedProcess process = started(bash("(setsid sleep 300 &); sleep 300; true"));
    await().until(() -> alive().size() == 3);
    await().until(() -> watcher().isPresent());

    signal("KILL", watcher().orElseThrow());

    assertThat(process.exit().get(10, SECONDS)).isEqualTo(new Exit(137, false));
    assertThat(alive()).isEmpty();
  }

  @Test
  void whoKeepsTheDeadlineKilledAloneTakesTheRunWithIt() throws Exception {
    GuardedProcess process = started(bash("(setsid sleep 300 &); sleep 300; true"));
    await().until(() -> alive().size() == 3);
    await().until(() -> watcher().isPresent());
    long keeper =
        guard()
            .children()
            .map(ProcessHandle::pid)
            .filter(pid -> !alive().contains(pid) && !pid.equals(watcher().orElseThrow()))
            .findFirst()
            .orElseThrow();

    signal("KILL", keeper);
    process.tick(clock.millis() + FAR);

    assertThat(process.exit().get(10, SECONDS)).isEqualTo(new Exit(137, false));
    assertThat(alive()).isEmpty();
  }

  /** The guard is held up, by a log that nobody takes, after the start and before the wait. */
  @Test
  void aCommandThatIsOverBeforeItsGuardWaitsForItIsSeen() throws Exception {
    Path run = Files.createDirectories(home.resolve("runs").resolve(marker.value()));
    Process guard =
        new ProcessBuilder(
                "bash",
                "-c",
                """
                mkfifo "$2/stdin" "$2/guard.log"; exec 9<>"$2/stdin"
                exec bash "$1/guard.sh" "$2" "$3" "$4" bash -c 'kill -9 $$'
                """,
                "worker",
                home.toString(),
                run.toString(),
                marker.value(),
                Long.toString(clock.millis() + FAR))
            .start();
    String line = guard.inputReader(StandardCharsets.UTF_8).readLine();
    Path engine = Path.of("/proc", line.substring(line.indexOf(' ') + 1), "stat");
    await().until(() -> !Files.exists(engine) || Files.readString(engine).contains(") Z "));

    try (var log = Files.newInputStream(run.resolve("guard.log"))) {
      assertThat(guard.waitFor(10, SECONDS)).isTrue();
      assertThat(run.resolve("exit")).hasContent("137");
      assertThat(log.readAllBytes()).asString(StandardCharsets.UTF_8).doesNotContain("no such job");
    } finally {
      guard.destroyForcibly();
    }
  }

  @Test
  void aGuardThatIsStoppedIsOverruledByAKill() throws Exception {
    GuardedProcess process = started(bash("sleep 300; true"));
    await().until(() -> alive().size() == 2);
    new ProcessBuilder("kill", "-STOP", Long.toString(guard().pid())).start().waitFor();
    guard()
        .children()
        .filter(child -> !alive().contains(child.pid()))
        .forEach(child -> signal("STOP", child.pid()));

    process.kill();

    assertThat(process.exit().get(20, SECONDS).guardLost()).isTrue();
    assertThat(alive()).isEmpty();
  }

  @Test
  void sweepEndsWhatAnEarlierWorkerLeft() throws Exception {
    Path folder = Files.createDirectories(home.resolve("runs").resolve(marker.value()));
    ProcessBuilder marked =
        new ProcessBuilder("bash", "-c", "(setsid sleep 300 &); sleep 300; true");
    marked.environment().put(RunMarker.VARIABLE, marker.value());
    marked.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    Process stranger = new ProcessBuilder("setsid", "sleep", "300").start();
    // The recorded group now belongs to another process: its start time differs.
    Files.writeString(folder.resolve("engine"), stranger.pid() + " 1");
    await().until(() -> alive().size() == 3);

    Survivors.sweep(home.resolve("runs"));

    assertThat(alive()).isEmpty();
    assertThat(stranger.isAlive()).isTrue();
    assertThat(folder).doesNotExist();
    stranger.destroyForcibly();
  }

  /** A worker that is killed while it clones leaves no run folder, only the report it had begun. */
  @Test
  void whatNoGuardKnewOfIsEndedByTheMarkerOfItsReport() throws Exception {
    Files.createDirectories(home.resolve("spool").resolve(marker.value()));
    ProcessBuilder marked = new ProcessBuilder("setsid", "sleep", "300");
    marked.environment().put(RunMarker.VARIABLE, marker.value());
    marked.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    await().until(() -> alive().size() == 1);

    Survivors.killUnguarded(home.resolve("spool"));

    assertThat(alive()).isEmpty();
    assertThat(home.resolve("spool").resolve(marker.value())).exists();
  }

  private GuardedProcess bash(String script) throws IOException {
    return start(clock.millis() + FAR, script);
  }

  private GuardedProcess start(long deadline, String script) throws IOException {
    GuardedProcess process =
        guards.start(
            marker,
            List.of("bash", "-c", script),
            home,
            Map.of("PATH", System.getenv("PATH")),
            deadline);
    begun.add(process);
    return process;
  }

  private static GuardedProcess started(GuardedProcess process) throws IOException {
    assertThat(process.awaitStart()).isTrue();
    return process;
  }

  private static BufferedReader reader(GuardedProcess process) {
    return new BufferedReader(
        new InputStreamReader(process.standardOutput(), StandardCharsets.UTF_8));
  }

  private ProcessHandle guard() {
    long own = ProcessHandle.current().pid();
    return guards()
        .filter(guard -> guard.parent().map(ProcessHandle::pid).orElse(0L) == own)
        .findFirst()
        .orElseThrow();
  }

  /** Those that guard this run, and their own children: each has its marker as an argument. */
  private Stream<ProcessHandle> guards() {
    return ProcessHandle.allProcesses()
        .filter(process ->
            process.info().arguments().map(List::of).orElse(List.of()).contains(marker.value()));
  }

  /** The child of the guard that writes to what another one reads. */
  private Optional<Long> watcher() {
    List<Long> children =
        guard().children().map(ProcessHandle::pid).filter(pid -> !alive().contains(pid)).toList();
    return children.stream()
        .filter(pid -> children.stream().anyMatch(other -> open(other, 0).equals(open(pid, 1))))
        .findFirst();
  }

  private static String open(long pid, int descriptor) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + pid + "/fd/" + descriptor)).toString();
    } catch (IOException e) {
      return "of " + pid + "." + descriptor + ", which is gone";
    }
  }

  private static void signal(String signal, long pid) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Long> alive() {
    try {
      return marker.processes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> states() {
    List<String> states = new ArrayList<>();
    for (long pid : alive()) {
      try {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        states.add(stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
      } catch (IOException e) {
        states.add("gone");
      }
    }
    return states;
  }
}
