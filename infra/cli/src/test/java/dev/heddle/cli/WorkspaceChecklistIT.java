package dev.heddle.cli;

import static dev.heddle.cli.BareRepository.git;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What people notice of the files of a thread, from the door to the disk and back. */
@Timeout(180)
class WorkspaceChecklistIT {

  /** The worker of the system itself, with its command engine. */
  private static final Map<String, Object> COMMAND = Map.of("engine", "command", "pool", "default");

  private static HeddleSystem system;
  private static Api api;

  @TempDir Path folder;
  private Path origin;

  @BeforeAll
  static void join() {
    system = HeddleSystem.shared();
    api = new Api(system);
  }

  @BeforeEach
  void makeRepository() throws Exception {
    origin = folder.resolve("origin");
    git(folder, "init", "-q", "-b", "main", origin.toString());
    Files.writeString(origin.resolve("a.txt"), "one\n");
    Files.writeString(origin.resolve(".gitignore"), "*.log\n");
    git(origin, "add", ".");
    BareRepository.commit(origin, "one");
  }

  @Test
  void line16AWorktreePerThreadOnAGeneratedBranchAndSwitchingWithChangesOffersStashOrCarry()
      throws Exception {
    String project = project(Map.of("repository", origin.toString()));
    Talk one = Talk.begin(api, project, COMMAND, "echo two > a.txt; echo new > b.txt");
    Talk other = Talk.begin(api, project, COMMAND, "cat a.txt");
    one.awaitStatus("idle");
    assertThat(other.answer()).as("a worktree of its own").isEqualTo("one");
    Path worktree = worktreeOf(one);
    assertThat(worktreeOf(other)).isNotEqualTo(worktree);
    assertThat(one.view().path("branch").asString("")).startsWith("heddle/");
    assertThat(git(worktree, "branch", "--show-current"))
        .isEqualTo(one.view().path("branch").asString(""));
    assertThat(Files.readString(origin.resolve("a.txt"))).isEqualTo("one\n");
    String first = one.last().path("id").asString("");
    String asked = one.first().path("id").asString("");

    one.began(
        api.post(
                one.path("/messages/" + asked + "/edit"),
                Map.of("text", "echo three > a.txt; rm -f b.txt"))
            .expect(202));
    one.awaitStatus("idle");
    String branch = one.path("/branches/active");
    api.call("PUT", branch, Map.of("messageId", first)).expectRefusal(409, "uncommitted_changes");

    api.call("PUT", branch, Map.of("messageId", first, "changes", "stash")).expect(200);
    one.awaitStatus("idle");

    assertThat(Files.readString(worktree.resolve("a.txt"))).isEqualTo("two\n");
    assertThat(Files.readString(worktree.resolve("b.txt"))).isEqualTo("new\n");
    assertThat(one.first().path("id").asString("")).isEqualTo(asked);
  }

  @Test
  void aResetRestoresTheFilesTheNextTurnGoesOnFromThereAndARedoReturns() throws Exception {
    Talk talk =
        Talk.begin(
            api,
            project(Map.of("repository", origin.toString())),
            COMMAND,
            "echo two > a.txt; echo new > b.txt; echo kept > x.log; echo done");
    talk.awaitStatus("idle");
    Path worktree = worktreeOf(talk);
    List<JsonNode> checkpoints = api.list(talk.path("/checkpoints"));
    assertThat(checkpoints)
        .extracting(one -> one.path("moment").asString(""))
        .containsExactly("before", "after");

    api.post(
            talk.path("/checkpoints/" + checkpoints.getFirst().path("id").asString("") + "/reset"),
            Map.of())
        .expect(202);
    talk.awaitStatus("idle");

    assertThat(talk.view().path("lastOutcome").path("status").asString("")).isEqualTo("completed");
    assertThat(Files.readString(worktree.resolve("a.txt"))).isEqualTo("one\n");
    assertThat(worktree.resolve("b.txt")).doesNotExist();
    assertThat(worktree.resolve("x.log")).as("ignored").exists();
    assertThat(talk.messages()).as("it stands before what was said").isEmpty();

    api.post(talk.path("/checkpoints/redo"), Map.of()).expect(202);
    talk.awaitStatus("idle");
    assertThat(Files.readString(worktree.resolve("b.txt"))).isEqualTo("new\n");
    assertThat(talk.messages()).hasSize(2);
    api.post(talk.path("/checkpoints/redo"), Map.of()).expectRefusal(409, "nothing_to_redo");
  }

  @Test
  void aCheckpointOfAnotherProjectPathIsRefused() throws Exception {
    Path elsewhere = folder.resolve("elsewhere");
    git(origin, "worktree", "add", "-q", "-b", "elsewhere", elsewhere.toString());
    String project = project(Map.of("localPath", origin.toString()));
    Talk talk = Talk.begin(api, project, COMMAND, "echo two > a.txt");
    talk.awaitStatus("idle");
    String checkpoint = api.list(talk.path("/checkpoints")).getFirst().path("id").asString("");
    api.call("PATCH", "api/projects/" + project, Map.of("localPath", elsewhere.toString()))
        .expect(200);

    api.post(talk.path("/checkpoints/" + checkpoint + "/reset"), Map.of()).expect(202);

    JsonNode thread = talk.awaitStatus("idle");
    assertThat(thread.path("lastOutcome").path("code").asString(""))
        .isEqualTo("checkpoint_of_other_path");
    assertThat(Files.readString(elsewhere.resolve("a.txt"))).isEqualTo("one\n");
    assertThat(Files.readString(origin.resolve("a.txt"))).isEqualTo("two\n");
  }

  @Test
  void theSetUpCommandOfTheProjectRunsOnceAndItsFailureIsSaid() {
    String project =
        project(Map.of("repository", origin.toString(), "setup", "echo set up >> set-up.log"));
    Talk talk = Talk.begin(api, project, COMMAND, "cat set-up.log");
    assertThat(talk.answer()).isEqualTo("set up");
    assertThat(talk.ask("cat set-up.log")).isEqualTo("set up");
    Talk failing =
        Talk.begin(
            api,
            project(Map.of("repository", origin.toString(), "setup", "echo no way >&2; exit 9")),
            COMMAND,
            "echo never");

    JsonNode thread = failing.awaitStatus("idle");

    assertThat(thread.path("lastOutcome").path("code").asString("")).isEqualTo("setup_failed");
    assertThat(failing.last().path("text").asString("")).contains("code 9", "no way");
  }

  private static String project(Map<String, Object> settings) {
    Map<String, Object> request = new HashMap<>(settings);
    request.put("name", "files-" + Long.toHexString(System.nanoTime()));
    return api.post("api/projects", request).expect(201).path("id").asString("");
  }

  private static Path worktreeOf(Talk talk) {
    return Path.of(talk.view().path("worktree").asString(""));
  }
}
