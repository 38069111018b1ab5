package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.ProjectChanged;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.UserChanged;
import java.util.HashMap;
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

  private void awaitUser(long version) {
    await()
        .atMost(Wire.PATIENCE)
        .until(() ->
            sql.sql("select count(*) from user_setting where user_name = 'local' and version = :v")
                    .param("v", version)
                    .query(Integer.class)
                    .single()
                == 1);
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
    return worker.take(wire.offer(pool, session)).run().engine().permission();
  }

  @Test
  void theWordOfARequestGoesBeforeThatOfItsProjectAndThatBeforeThePersons() {
    ProjectRef silent = permitted(null);
    assertThat(granted(silent, null)).isEqualTo(PermissionPosture.ASK);
    assertThat(granted(permitted(PermissionPosture.EDIT), null)).isEqualTo(PermissionPosture.EDIT);

    user(1, PermissionPosture.EDIT);
    user(2, PermissionPosture.FULL);
    // What comes late, or twice, is known already.
    user(1, PermissionPosture.EDIT);
    user(2, PermissionPosture.FULL);
    user(3, PermissionPosture.FULL);
    awaitUser(3);
    assertThat(granted(silent, null)).isEqualTo(PermissionPosture.FULL);
    assertThat(granted(permitted(PermissionPosture.PLAN), null)).isEqualTo(PermissionPosture.PLAN);
    assertThat(granted(permitted(PermissionPosture.PLAN), "edit"))
        .isEqualTo(PermissionPosture.EDIT);

    user(4, null);
    user(3, PermissionPosture.FULL);
    awaitUser(4);
    assertThat(granted(silent, null)).isEqualTo(PermissionPosture.ASK);
    assertThat(post("/api/sessions", badly(silent)).text("code")).isEqualTo("invalid_permission");
  }

  private static Map<String, String> badly(ProjectRef project) {
    return Map.of("project", project.name(), "prompt", "ls", "permission", "all");
  }
}
