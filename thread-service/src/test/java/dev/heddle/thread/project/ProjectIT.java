package dev.heddle.thread.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ProjectChanged;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

class ProjectIT extends ThreadServiceSetting {

  @Test
  void theSetUpCommandGoesWithEachWorktree() {
    String name = fresh("shop");
    Answer made =
        http.post(
            "/api/projects",
            Map.of("name", name, "repository", "https://git.example/shop.git", "setup", "npm ci"));
    assertThat(made.text("setup")).isEqualTo("npm ci");
    Answer said = http.post("/api/dispatch", Map.of("project", name, "prompt", "x"));
    RunRequested request = wire.await(said.text("threadId"), RunRequested.class, 1).getFirst();
    assertThat(((WorkspaceSpec.Worktree) request.workspace()).setup()).isEqualTo("npm ci");
    String project = "/api/projects/" + made.text("id");
    assertThat(http.patch(project, "{\"setup\":\"  \"}").code()).isEqualTo("invalid_command");
    assertThat(http.patch(project, "{\"setup\":null}").text("setup")).isNull();
  }

  @Test
  void checkpointsArePushedWhereTheProjectSaysSo() {
    String name = fresh("shop");
    Answer made =
        http.post(
            "/api/projects", Map.of("name", name, "repository", "https://git.example/shop.git"));
    assertThat(made.text("pushCheckpoints")).isEqualTo("false");
    String project = "/api/projects/" + made.text("id");
    Answer said = http.post("/api/dispatch", Map.of("project", name, "prompt", "x"));
    assertThat(wire.await(said.text("threadId"), RunRequested.class, 1).getFirst().workspace())
        .extracting(workspace -> ((WorkspaceSpec.Worktree) workspace).shared())
        .isNull();

    http.patch(project, "{\"pushCheckpoints\":true}");

    Answer shared = http.post("/api/dispatch", Map.of("project", name, "prompt", "x"));
    assertThat(wire.await(shared.text("threadId"), RunRequested.class, 1).getFirst().workspace())
        .extracting(workspace -> ((WorkspaceSpec.Worktree) workspace).shared())
        .isEqualTo(new WorkspaceSpec.SharedCheckpoints(null));
    assertThat(http.patch(project, "{\"pushCheckpoints\":null}").text("pushCheckpoints"))
        .isEqualTo("false");
  }

  @Test
  void aProjectIsMadeReadChangedAndDeletedAndEachChangeIsAnnounced() {
    String name = fresh("Shop");
    Answer made =
        http.post(
            "/api/projects",
            Map.of(
                "name", name,
                "repository", "https://example.org/shop.git",
                "baseBranch", "main",
                "maxSessions", 4,
                "onLost", "hold"));
    assertThat(made.status()).isEqualTo(201);
    String id = made.text("id");
    assertThat(made.header("Location")).contains("/api/projects/" + id);
    assertThat(made.header("ETag")).contains("\"1\"");

    assertThat(http.get("/api/projects/" + id).body()).isEqualTo(made.body());
    assertThat(http.get("/api/projects/" + name.toUpperCase(java.util.Locale.ROOT)).text("id"))
        .isEqualTo(id);

    Answer changed = http.patch("/api/projects/" + name, "{\"maxSessions\":null}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.text("maxSessions")).isNull();
    assertThat(changed.text("baseBranch")).isEqualTo("main");
    assertThat(changed.header("ETag")).contains("\"2\"");
    Answer same = http.patch("/api/projects/" + name, "{\"baseBranch\":\"main\"}");
    assertThat(same.header("ETag")).as("nothing changed").contains("\"2\"");

    assertThat(http.delete("/api/projects/" + id).status()).isEqualTo(204);
    assertThat(http.get("/api/projects/" + id).code()).isEqualTo("unknown_project");
    assertThat(http.post("/api/projects", Map.of("name", name)).status())
        .as("the name is free again")
        .isEqualTo(201);

    List<ProjectChanged> announced = wire.await(id, ProjectChanged.class, 3);
    assertThat(announced).extracting(ProjectChanged::version).containsExactly(1L, 2L, 3L);
    assertThat(announced).extracting(ProjectChanged::deleted).containsExactly(false, false, true);
    assertThat(announced.getFirst().repository()).isEqualTo("https://example.org/shop.git");
    assertThat(announced.getFirst().maxSessions()).isEqualTo(4);
    assertThat(announced.get(1).maxSessions()).isNull();
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void credentialsAreStoredButNeitherShownNorLogged(CapturedOutput output) {
    String name = fresh("secret");
    Answer made =
        http.post(
            "/api/projects",
            Map.of("name", name, "repository", "https://bot:hunter2@example.org/r.git"));
    assertThat(made.text("repository")).isEqualTo("https://***@example.org/r.git");
    http.post("/api/projects", Map.of("name", name, "repository", "ftp://bot:hunter2@x/r"));
    Answer back =
        http.patch(
            "/api/projects/" + name,
            "{\"repository\":\"https://***@example.org/r.git\",\"maxSessions\":2}");
    assertThat(back.status()).isEqualTo(200);
    assertThat(wire.await(made.text("id"), ProjectChanged.class, 2))
        .as("what was shown and sent back has not changed")
        .extracting(ProjectChanged::repository)
        .containsOnly("https://bot:hunter2@example.org/r.git");
    String taken = project();
    Answer lost =
        http.patch(
            "/api/projects/" + name,
            "{\"name\":\"" + taken + "\",\"repository\":\"https://bot:hunter2@example.org/x\"}");
    assertThat(lost.code()).as("refused by the database").isEqualTo("project_name_taken");
    assertThat(output.getAll()).contains("project created").doesNotContain("hunter2");
  }

  @Test
  void aNameIsTakenInWhateverCase() {
    String name = fresh("Case");
    http.post("/api/projects", Map.of("name", name));
    Answer again =
        http.post("/api/projects", Map.of("name", name.toLowerCase(java.util.Locale.ROOT)));
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.code()).isEqualTo("project_name_taken");
    String other = project();
    Map<String, Long> before = rows();
    assertThat(http.patch("/api/projects/" + other, "{\"name\":\"" + name + "\"}").code())
        .isEqualTo("project_name_taken");
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void aRepeatedRequestWithOneKeyMakesOneProject() {
    Map<String, String> body = Map.of("name", fresh("once"));
    String key = UUID.randomUUID().toString();
    Answer first = http.post("/api/projects", body, "Idempotency-Key", key);
    Answer second = http.post("/api/projects", body, "Idempotency-Key", key);
    assertThat(second.status()).isEqualTo(201);
    assertThat(second.body()).isEqualTo(first.body());
  }

  @Test
  void aStaleChangeIsRefusedWithWhatIsThere() {
    String name = project();
    http.patch("/api/projects/" + name, "{\"maxSessions\":1}");
    Answer stale = http.patch("/api/projects/" + name, "{\"maxSessions\":2}", "If-Match", "\"1\"");
    assertThat(stale.status()).isEqualTo(412);
    assertThat(stale.code()).isEqualTo("stale_version");
    assertThat(stale.text("current.maxSessions")).isEqualTo("1");
    assertThat(
            http.patch("/api/projects/" + name, "{\"maxSessions\":2}", "If-Match", "\"2\"")
                .status())
        .isEqualTo(200);
    assertThat(http.delete("/api/projects/" + name, "If-Match", "\"2\"").status()).isEqualTo(412);
  }

  @Test
  void aProjectWithUnfinishedRunsCannotBeDeletedAndADeletedOneTakesNoMessage() {
    String project = project();
    String thread =
        http.post("/api/dispatch", Map.of("project", project, "prompt", "x")).text("threadId");
    Answer refused = http.delete("/api/projects/" + project);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo("project_busy");
    assertThat(refused.text("unfinishedRuns")).isEqualTo("1");

    String quiet = project();
    String idle = http.post("/api/threads", Map.of("project", quiet, "title", "kept")).text("id");
    assertThat(http.delete("/api/projects/" + quiet).status()).isEqualTo(204);
    assertThat(http.get("/api/threads/" + idle).text("project")).isEqualTo(quiet);
    Answer late = http.post("/api/threads/" + idle + "/messages", Map.of("text", "x"));
    assertThat(late.code()).isEqualTo("project_deleted");
    assertThat(http.get("/api/threads/" + thread).text("status")).isEqualTo("queued");
  }

  @Test
  void aDeletionAndADispatchAtOnceNeverLeaveARunInADeletedProject() throws Exception {
    Set<String> outcomes = new HashSet<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 20; round++) {
        String project = project();
        CyclicBarrier start = new CyclicBarrier(2);
        Future<Answer> dispatch =
            threads.submit(() -> {
              start.await();
              return http.post("/api/dispatch", Map.of("project", project, "prompt", "x"));
            });
        Future<Answer> deletion =
            threads.submit(() -> {
              start.await();
              return http.delete("/api/projects/" + project);
            });
        outcomes.add(dispatch.get().status() + " and " + deletion.get().status());
      }
    }
    assertThat(outcomes).isSubsetOf("202 and 409", "404 and 204", "409 and 204");
  }

  @Test
  void projectsAreListedByNameInPages() {
    String prefix = fresh("list");
    List<String> names =
        IntStream.range(0, 5).mapToObj(i -> prefix + "-" + (char) ('a' + i)).toList();
    names.reversed().forEach(name -> http.post("/api/projects", Map.of("name", name)));
    List<String> seen = new java.util.ArrayList<>();
    String cursor = null;
    do {
      Answer page = http.get("/api/projects?limit=2" + (cursor == null ? "" : "&cursor=" + cursor));
      StreamSupport.stream(page.body().get("items").spliterator(), false)
          .map(item -> item.get("name").asString())
          .forEach(seen::add);
      cursor = page.text("nextCursor");
    } while (cursor != null);
    assertThat(seen).containsSubsequence(names).doesNotHaveDuplicates();
    assertThat(http.get("/api/projects?cursor=nonsense").code()).isEqualTo("bad_cursor");
    assertThat(http.get("/api/projects?limit=0").code()).isEqualTo("invalid_limit");
  }

  @Test
  void anUnknownFieldOfAChangeIsRefusedByItsName() {
    Answer answer = http.patch("/api/projects/" + project(), "{\"maxSession\":1}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("errors.0.field")).isEqualTo("maxSession");
  }
}
