package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.ProjectChanged;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.WorkspaceSpec;
import dev.heddle.testkit.TestIdentity;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ApiIT extends ServiceIT {

  private static Map<String, Object> asked(ProjectRef project, String pool) {
    return Map.of("project", project.name(), "prompt", "ls", "pool", pool);
  }

  private static SessionId idOf(Answer created) {
    return SessionId.of(created.text("sessionId"));
  }

  @Test
  void aSessionWithoutAThreadRunsAndIsToldUnderItsOwnKey() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    ProjectRef project = project();
    Answer created = post("/api/sessions", asked(project, pool));
    assertThat(created.status()).isEqualTo(202);
    SessionId session = idOf(created);
    assertThat(created.response().headers().firstValue("Location"))
        .contains("/api/sessions/" + session);
    ClaimGranted granted = worker.take(wire.offer(pool, session));
    assertThat(granted.threadId()).isNull();
    assertThat(granted.run().workspace()).isEqualTo(new WorkspaceSpec.Scratch());
    worker.start(granted);
    worker.complete(granted);
    assertThat(reached(session, SessionStatus.COMPLETED).threadId()).isNull();
    Answer shown = get("/api/sessions/" + session);
    assertThat(shown.text("project")).isEqualTo(project.name());
    assertThat(shown.text("projectId")).isEqualTo(project.id().toString());
    assertThat(shown.text("requestedBy")).isEqualTo("local");
    assertThat(shown.body().path("threadId").isNull()).isTrue();
  }

  @Test
  void aProjectThatIsStillOnItsWayIsWaitedFor() {
    ProjectRef late = new ProjectRef(new ProjectId(ids.next()), fresh("late"));
    CompletableFuture<Answer> created =
        CompletableFuture.supplyAsync(() -> post("/api/sessions", asked(late, fresh("pool"))));
    wire.project(
        new ProjectChanged(
            late.id(),
            1,
            late.name(),
            "https://example.org/web.git",
            "main",
            null,
            null,
            OnLost.RESUME,
            false,
            clock.instant()));
    assertThat(created.join().status()).isEqualTo(202);
  }

  @Test
  void whatIsWrongWithARequestIsSaidWithACode() {
    ProjectRef project = project();
    refused(post("/api/sessions", Map.of("prompt", "ls")), 400, "project_required");
    refused(
        post("/api/sessions", Map.of("project", fresh("none"), "prompt", "ls")),
        404,
        "unknown_project");
    refused(post("/api/sessions", Map.of("project", project.name())), 400, "empty_prompt");
    refused(
        post("/api/sessions", Map.of("project", project.name(), "prompt", "a\u0000b")),
        400,
        "invalid_text");
    refused(
        post(
            "/api/sessions",
            Map.of("project", project.name(), "prompt", "x".repeat(256 * 1024 + 1))),
        413,
        "prompt_too_large");
    refused(
        post("/api/sessions", Map.of("project", project.name(), "prompt", "ls", "promt", "x")),
        400,
        null);
    refused(get("/api/sessions/nonsense"), 400, "invalid_session");
    refused(get("/api/sessions/" + UUID.randomUUID()), 404, "unknown_session");
    refused(get("/api/sessions/" + UUID.randomUUID() + "/transitions"), 404, "unknown_session");
    refused(post("/api/sessions/" + UUID.randomUUID() + "/cancel", ""), 404, "unknown_session");
    refused(post("/api/sessions/" + UUID.randomUUID() + "/retry", ""), 404, "unknown_session");
    refused(get("/api/sessions?status=sleeping"), 400, "invalid_status");
    refused(get("/api/sessions?limit=0"), 400, "invalid_limit");
    refused(get("/api/sessions?machine=NO"), 400, "invalid_machine");
    refused(get("/api/sessions?cursor=nonsense"), 400, "bad_cursor");
    refused(get("/api/sessions?project=" + fresh("none")), 404, "unknown_project");
    refused(get("/api/machines/nobody"), 404, "unknown_machine");
    refused(post("/api/machines/nobody/drain", ""), 404, "unknown_machine");
    refused(post("/api/machines/nobody/discover", ""), 404, "unknown_machine");
  }

  private static void refused(Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
    assertThat(answer.response().headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    if (code != null) {
      assertThat(answer.text("code")).isEqualTo(code);
    }
  }

  @Test
  void aRequestWithoutTheGatewaysIdentityIsRefused() {
    HttpRequest.Builder anonymous =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/sessions")).GET();
    assertThat(exchange(anonymous).status()).isEqualTo(401);
    anonymous.header("Authorization", TestIdentity.stranger().bearer("eve", "operator"));
    assertThat(exchange(anonymous).status()).isEqualTo(401);
  }

  @Test
  void aRepeatedRequestWithItsKeyMakesOneSession() {
    ProjectRef project = project();
    String pool = fresh("pool");
    String key = UUID.randomUUID().toString();
    Answer first = post("/api/sessions", asked(project, pool), "Idempotency-Key", key);
    Answer second = post("/api/sessions", asked(project, pool), "Idempotency-Key", key);
    assertThat(second.status()).isEqualTo(202);
    assertThat(idOf(second)).isEqualTo(idOf(first));
    refused(
        post("/api/sessions", asked(project, fresh("pool")), "Idempotency-Key", key),
        422,
        "idempotency_key_reused");
  }

  @Test
  void listsAreNewestFirstByPagesAndFiltered() {
    String pool = fresh("pool");
    ProjectRef project = project();
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.addFirst(idOf(post("/api/sessions", asked(project, pool))).toString());
    }
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = get("/api/sessions?limit=2&project=" + project.name() + cursor);
      assertThat(page.status()).isEqualTo(200);
      page.body().path("items").forEach(item -> seen.add(item.path("id").asString()));
      JsonNode next = page.body().path("nextCursor");
      cursor = next.isNull() || next.isMissingNode() ? "" : "&cursor=" + next.asString();
    } while (!cursor.isEmpty());
    assertThat(seen).containsExactlyElementsOf(made);

    FakeWorker worker = online(pool, 1);
    SessionId first = SessionId.of(made.getLast());
    worker.take(wire.offer(pool, first));
    assertThat(idsOf("?project=" + project.id() + "&status=claimed"))
        .containsExactly(first.toString());
    assertThat(idsOf("?project=" + project.id() + "&status=queued"))
        .containsExactlyElementsOf(made.subList(0, 4));
    assertThat(idsOf("?machine=" + worker.machine)).containsExactly(first.toString());
  }

  private List<String> idsOf(String query) {
    List<String> found = new ArrayList<>();
    get("/api/sessions" + query)
        .body()
        .path("items")
        .forEach(item -> found.add(item.path("id").asString()));
    return found;
  }

  @Test
  void aFinishedSessionIsRetriedAsANewOne() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    RunRequested run = run(project(), pool);
    SessionId first = submit(run);
    ClaimGranted granted = worker.take(wire.offer(pool, first));
    refused(post("/api/sessions/" + first + "/retry", ""), 409, "session_unfinished");
    worker.start(granted);
    worker.fail(granted, "exit", false);
    reached(first, SessionStatus.FAILED);

    Answer retried = post("/api/sessions/" + first + "/retry", "");
    assertThat(retried.status()).isEqualTo(202);
    SessionId second = idOf(retried);
    assertThat(second).isNotEqualTo(first);
    ClaimGranted again = worker.take(wire.offer(pool, second));
    assertThat(again.run()).isEqualTo(granted.run());
    assertThat(again.threadId()).isEqualTo(run.threadId());
    assertThat(get("/api/sessions/" + second).text("retryOf")).isEqualTo(first.toString());
    assertThat(wire.changesOf(second).getFirst().session().retryOf()).isEqualTo(first);
    refused(post("/api/sessions/" + first + "/retry", ""), 409, "thread_busy");
    assertThat(idsOf("?thread=" + run.threadId()))
        .containsExactlyInAnyOrder(second.toString(), first.toString());
  }

  @Test
  void machinesAreListedWithWhatTheyCouldTake() {
    String pool = fresh("pool");
    FakeWorker worker = worker(pool, 3).labelled("gpu", "true").offering("command", "codex");
    comeOnline(worker);
    SessionId session = idOf(post("/api/sessions", asked(project(), pool)));
    worker.take(wire.offer(pool, session));
    Answer machine = get("/api/machines/" + worker.machine);
    assertThat(machine.text("state")).isEqualTo("online");
    assertThat(machine.text("pool")).isEqualTo(pool);
    assertThat(machine.body().path("slots").asInt()).isEqualTo(3);
    assertThat(machine.body().path("busy").asInt()).isEqualTo(1);
    assertThat(machine.body().path("labels").path("gpu").asString()).isEqualTo("true");
    assertThat(get("/api/machines").body().path("items"))
        .extracting(item -> item.path("id").asString())
        .contains(worker.machine.value());
  }

  @Test
  void healthAndMetricsNeedNoIdentity() {
    HttpRequest.Builder health =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
            .GET();
    assertThat(exchange(health).status()).isEqualTo(200);
  }
}
