package dev.heddle.thread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testkit.TestIdentity;
import dev.heddle.thread.Http.Answer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecurityIT extends ThreadServiceSetting {

  @Test
  void whoeverTheGatewayDidNotSendIsRefusedAndWritesNothing() {
    String project = project();
    Map<String, Long> before = rows();
    for (String authorization :
        List.of("Bearer nonsense", TestIdentity.stranger().bearer("ada", "operator"))) {
      assertRefused(as(authorization), project, 401);
    }
    assertRefused(as(null), project, 401);
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void aViewerReadsAndChangesNothing() {
    String project = project();
    Map<String, Long> before = rows();
    Http viewer = as(TestIdentity.gateway().bearer("eve", "viewer"));
    assertThat(viewer.get("/api/threads").status()).isEqualTo(200);
    Answer refused = viewer.post("/api/dispatch", Map.of("project", project, "prompt", "x"));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void healthAndMetricsAreOpen() {
    assertThat(as(null).get("/actuator/health/liveness").status()).isEqualTo(200);
    assertThat(as(null).get("/actuator/health/readiness").text("status")).isEqualTo("UP");
    assertThat(as(null).getText("/actuator/prometheus")).contains("jvm_memory_used_bytes");
    assertThat(as(null).get("/actuator/env").status()).isNotEqualTo(200);
  }

  private static void assertRefused(Http http, String project, int status) {
    List<Answer> answers =
        List.of(
            http.get("/api/threads"),
            http.get("/api/projects/" + project),
            http.post("/api/dispatch", Map.of("project", project, "prompt", "x")),
            http.post("/api/projects", Map.of("name", "stolen")),
            http.patch("/api/projects/" + project, "{\"maxSessions\":1}"),
            http.delete("/api/projects/" + project));
    assertThat(answers).allMatch(answer -> answer.status() == status);
    assertThat(answers)
        .allMatch(answer -> answer.header("Content-Type").orElse("").contains("problem+json"));
  }
}
