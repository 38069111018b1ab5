package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What people notice of the machine that has the state of their thread: line 14 of the checklist.
 */
@Timeout(300)
class AffinityChecklistIT {

  private static final AtomicInteger NAMES = new AtomicInteger();

  private static HeddleSystem system;
  private static Api api;
  private static ScriptedMachine home;
  private static ScriptedMachine other;

  @BeforeAll
  static void join() {
    system = HeddleSystem.shared();
    api = new Api(system);
    home = ScriptedMachine.join(system, "scripted-home");
    other = ScriptedMachine.join(system, "scripted-elsewhere");
  }

  /** Whatever became of it in the test before. */
  @BeforeEach
  void theFirstMachineIsThere() {
    if (!home.isAlive()) {
      home.start();
    }
  }

  @AfterAll
  static void leave() {
    home.close();
    other.close();
  }

  /** Its threads wait so long for their machines. */
  private static String project(int seconds, Map<String, ?> more) {
    String name = "affinity-" + Long.toHexString(System.nanoTime()) + "-" + NAMES.incrementAndGet();
    Map<String, Object> request = new HashMap<>(more);
    request.put("name", name);
    request.put("machineWaitSeconds", seconds);
    return api.post("api/projects", request).expect(201).path("id").asString("");
  }

  private static void waitsOnly(String project, int seconds) {
    api.call("PATCH", "api/projects/" + project, Map.of("machineWaitSeconds", seconds)).expect(200);
  }

  private static void mayRunAnywhere(Talk talk) {
    Map<String, Object> placement = new HashMap<>();
    placement.put("machine", null);
    api.call("PATCH", talk.path(""), Map.of("placement", placement)).expect(200);
  }

  private static String machineOf(Talk talk) {
    return system.session(talk.session()).path("machine").asString("");
  }

  private static void awaitReason(Talk talk, String part) {
    Talk.patience("'" + part + "' is the reason")
        .until(
            () -> system.session(talk.session()).path("reason").asString(""),
            reason -> reason.contains(part));
  }

  @Test
  void resumesOnTheMachineThatHasItAndElsewhereFromItsTranscript() {
    String project = project(120, Map.of());
    Talk talk =
        Talk.begin(
            api, project, Map.of("machine", home.id()), "say apple", "state acp conversation-1");
    talk.answer();
    mayRunAnywhere(talk);

    assertThat(talk.ask("recall", "state acp conversation-1"))
        .as("of two machines that are free it is the one that has the conversation")
        .startsWith("goes on from conversation-1");
    assertThat(machineOf(talk)).isEqualTo(home.id());

    home.kill();
    talk.say(Map.of(), "recall", "state acp conversation-1");
    awaitReason(talk, "scripted-home");
    home.start();
    assertThat(talk.answer())
        .as("its machine was back in time")
        .startsWith("goes on from conversation-1");
    assertThat(machineOf(talk)).isEqualTo(home.id());

    waitsOnly(project, 1);
    home.kill();
    assertThat(talk.ask("recall"))
        .startsWith("begins")
        .contains("user said say apple / state acp conversation-1", "assistant said apple");
    assertThat(machineOf(talk)).isEqualTo(other.id());
    String note =
        "continues on scripted-elsewhere from its transcript: scripted-home, which has its state,"
            + " is offline";
    assertThat(causes(talk)).contains("claimed by scripted-elsewhere; " + note);
    Talk.patience("the transcript and the timeline say so")
        .until(
            () -> reasons(talk),
            told -> told.contains("marker " + note) && told.contains("event " + note));

    waitsOnly(project, 120);
    home.start();
    assertThat(talk.ask("recall"))
        .as("what the first machine keeps has not heard what was said since")
        .startsWith("begins");
    assertThat(machineOf(talk)).isEqualTo(other.id());
  }

  /** Also kill -9 of the machine while the run that goes on there is at work. */
  @Test
  void aRunWhoseMachineDiesGoesOnElsewhereAndSaysSo() {
    String project = project(1, Map.of());
    Talk talk =
        Talk.begin(
            api, project, Map.of("machine", home.id()), "say apple", "state acp conversation-2");
    talk.answer();
    mayRunAnywhere(talk);
    talk.say(Map.of(), "recall", "ask one", "say after");
    talk.awaitAsked("one");
    talk.awaitSaid("goes on from conversation-2");
    assertThat(machineOf(talk)).isEqualTo(home.id());

    home.kill();
    JsonNode again =
        Talk.patience("it asks again")
            .until(
                () -> talk.asked("pending"),
                found -> found.size() == 1 && found.getFirst().path("attempt").asInt() == 2)
            .getFirst();
    assertThat(again.path("machine").asString("")).isEqualTo(other.id());
    talk.decide(again, Map.of("decision", "allowed")).expect(200);

    assertThat(talk.answer())
        .startsWith("begins")
        .contains("assistant said apple")
        .endsWith("after");
    assertThat(system.session(talk.session()).path("attempt").asInt()).isEqualTo(2);
    assertThat(causes(talk))
        .anyMatch(cause -> cause.contains("continues on scripted-elsewhere from its transcript"));
    home.start();
  }

  @Test
  void aCheckoutWaitsForItsMachine(@TempDir Path checkout) throws IOException {
    Files.createDirectories(checkout.resolve("src"));
    String project = project(0, Map.of("localPath", checkout.toString()));
    Talk talk =
        Talk.begin(
            api, project, Map.of("machine", home.id()), "say apple", "state acp conversation-3");
    talk.answer();
    mayRunAnywhere(talk);

    home.kill();
    talk.say(Map.of(), "recall");
    awaitReason(talk, "waits for machine scripted-home, which has its checkout");
    home.start();

    assertThat(talk.answer()).startsWith("goes on from conversation-3");
    assertThat(machineOf(talk)).isEqualTo(home.id());
  }

  /** A remote is all that the two machines share: each has a home of its own. */
  @Test
  void goesOnElsewhereFromTheFilesAndCommitsThatOnlyItsMachineHad(@TempDir Path folder)
      throws Exception {
    Path remote = BareRepository.in(folder);
    String project = project(1, Map.of("repository", remote.toString(), "pushCheckpoints", true));
    Talk talk =
        Talk.begin(
            api,
            project,
            Map.of("machine", home.id()),
            "say apple",
            "state acp conversation-4",
            "ask work");
    JsonNode asked = talk.awaitAsked("work");
    Path worktree = directoryOf(talk);
    Files.writeString(worktree.resolve("committed.txt"), "committed\n");
    BareRepository.git(worktree, "add", "committed.txt");
    BareRepository.commit(worktree, "by the engine");
    String commit = BareRepository.git(worktree, "rev-parse", "HEAD");
    Files.writeString(worktree.resolve("a.txt"), "changed\n");
    Files.writeString(worktree.resolve("new.txt"), "untracked\n");
    talk.decide(asked, Map.of("decision", "allowed")).expect(200);
    talk.answer();
    assertThat(BareRepository.git(remote, "branch", "--list", "heddle/*"))
        .as("what nobody pushed stays off the branches of the remote")
        .isEmpty();
    List<JsonNode> checkpoints = api.list(talk.path("/checkpoints"));
    String last = checkpoints.getLast().path("id").asString("");
    mayRunAnywhere(talk);

    home.kill();
    assertThat(talk.ask("recall")).startsWith("begins").contains("assistant said apple");

    assertThat(machineOf(talk)).isEqualTo(other.id());
    Path there = Path.of(talk.view().path("worktree").asString(""));
    assertThat(there).isNotEqualTo(worktree);
    assertThat(there.resolve("committed.txt")).hasContent("committed");
    assertThat(there.resolve("a.txt")).hasContent("changed");
    assertThat(there.resolve("new.txt")).hasContent("untracked");
    assertThat(BareRepository.git(there, "rev-parse", "HEAD")).isEqualTo(commit);
    assertThat(BareRepository.git(there, "branch", "--show-current"))
        .isEqualTo(talk.view().path("branch").asString(""));
    assertThat(BareRepository.git(there, "status", "--porcelain").lines())
        .containsExactlyInAnyOrder("M a.txt", "?? new.txt");
    String note = "goes on from checkpoint " + last + " of another machine; 3 files changed";
    Talk.patience("the transcript and the timeline say so")
        .until(
            () -> notices(talk),
            told -> told.contains("transcript " + note) && told.contains("timeline " + note));
    assertThat(reasons(talk)).anyMatch(told -> told.contains("continues on scripted-elsewhere"));
  }

  /** The thread tells its worktree once the run is over, and the session while it runs. */
  private static Path directoryOf(Talk talk) {
    return Path.of(system.session(talk.session()).path("directory").asString(""));
  }

  /** What transcript and timeline note of the last run. */
  private static List<String> notices(Talk talk) {
    return Stream.concat(
            system.transcript(talk.thread()).stream()
                .filter(item -> item.path("kind").asString("").equals("notice"))
                .map(item -> "transcript " + item.path("text").asString("")),
            system.events(talk.session()).stream()
                .map(event -> event.path("body"))
                .filter(body -> body.path("kind").asString("").equals("notice"))
                .map(body -> "timeline " + body.path("text").asString("")))
        .toList();
  }

  private static List<String> causes(Talk talk) {
    return api.list(talk.path("/transitions")).stream()
        .map(one -> one.path("cause").asString(""))
        .toList();
  }

  /** What transcript and timeline tell of the last run. */
  private static List<String> reasons(Talk talk) {
    return Stream.concat(
            system.transcript(talk.thread()).stream()
                .filter(item -> item.path("kind").asString("").equals("marker"))
                .map(item -> "marker " + item.path("reason").asString("")),
            system.events(talk.session()).stream()
                .map(event -> event.path("body"))
                .filter(body -> body.path("kind").asString("").equals("session.status"))
                .map(body -> "event " + body.path("reason").asString("")))
        .toList();
  }
}
