package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.ProjectChanged;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.UserChanged;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What engines may do without asking in sessions that have no thread, and who says so. */
class PermissionIT extends ServiceIT {

  private ProjectRef permitted(@Nullable PermissionPosture permission) {
    ProjectRef ref = new ProjectRef(new ProjectId(ids.next()), fresh("project"));
    wire.project(
        new ProjectChanged(
            ref.id(),
            1,
            ref.name(),
            null,
            null,
            null,
            null,
            OnLost.RESUME,
            false,
            clock.instant(),
            permission));
    return ref;
  }

  private void user(long version, @Nullable PermissionPosture permission) {
    wire.deliver(
        Topics.USER_CHANGED,
        "local",
        new UserChanged("local", version, permission, clock.instant()));
  }

  /** Under one key, so that whoever has heard of this has heard of all before. */
  private void awaitUsers() {
    String last = fresh("user");
    wire.deliver(Topics.USER_CHANGED, "local", new UserChanged(last, 1, null, clock.instant()));
    await().atMost(Wire.PATIENCE).until(() -> versionOf(last) == 1);
  }

  /** 0 where nothing was heard of them. */
  private long versionOf(String user) {
    return sql.sql("select coalesce(max(version), 0) from user_setting where user_name = :user")
        .param("user", user)
        .query(Long.class)
        .single();
  }

  private @Nullable PermissionPosture granted(ProjectRef project, @Nullable String asked) {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    Map<String, Object> request = new HashMap<>();
    request.put("project", project.name());
    request.put("prompt", "ls");
    request.put("pool", pool);
    request.put("permission", asked);
    SessionId session = SessionId.of(post("/api/sessions", request).text("sessionId"));
    PermissionPosture told = worker.take(wire.offer(pool, session)).run().engine().permission();
    for (SessionStatus status : List.of(SessionStatus.QUEUED, SessionStatus.CLAIMED)) {
      assertThat(reached(session, status).session().permission()).isEqualTo(told);
    }
    return told;
  }

  @Test
  void theWordOfARequestGoesBeforeThatOfItsProjectAndThatBeforeThePersons() {
    ProjectRef silent = permitted(null);
    assertThat(granted(silent, null)).isEqualTo(PermissionPosture.ASK);
    assertThat(granted(permitted(PermissionPosture.EDIT), null)).isEqualTo(PermissionPosture.EDIT);

    long before = versionOf("local");
    user(before + 1, PermissionPosture.EDIT);
    user(before + 2, PermissionPosture.FULL);
    // What comes late, or twice, is known already.
    user(before + 2, PermissionPosture.FULL);
    user(before + 1, PermissionPosture.EDIT);
    awaitUsers();
    assertThat(granted(silent, null)).isEqualTo(PermissionPosture.FULL);
    assertThat(granted(permitted(PermissionPosture.PLAN), null)).isEqualTo(PermissionPosture.PLAN);
    assertThat(granted(permitted(PermissionPosture.PLAN), "edit"))
        .isEqualTo(PermissionPosture.EDIT);

    user(before + 4, null);
    user(before + 3, PermissionPosture.FULL);
    awaitUsers();
    assertThat(granted(silent, null)).isEqualTo(PermissionPosture.ASK);
    assertThat(post("/api/sessions", badly(silent)).text("code")).isEqualTo("invalid_permission");
  }

  private static Map<String, String> badly(ProjectRef project) {
    return Map.of("project", project.name(), "prompt", "ls", "permission", "all");
  }
}
