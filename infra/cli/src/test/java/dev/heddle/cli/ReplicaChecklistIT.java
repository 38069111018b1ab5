package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Approvals and follow-ups where two replicas share the work, and one dies in the middle. */
@Timeout(240)
class ReplicaChecklistIT {

  private static final int THREADS = 6;

  private static HeddleSystem system;
  private static Api api;
  private static ScriptedMachine machine;

  @BeforeAll
  static void up() {
    system = HeddleSystem.create();
    system.up("--replicas", "2", "--workers", "0");
    api = new Api(system);
    machine = ScriptedMachine.join(system, "scripted-replicas");
  }

  @AfterAll
  static void down() {
    machine.close();
    system.close();
  }

  @Test
  void approvalsAndFollowUpsOutliveAReplicaOfThreadService() {
    String project = system.project();
    List<Talk> talks = new ArrayList<>();
    for (int n = 0; n < THREADS; n++) {
      Talk talk = Talk.begin(api, project, "ask one", "ask two", "say end");
      talks.add(talk);
    }
    for (Talk talk : talks) {
      talk.awaitAsked("one");
      talk.say(Map.of(), "say first");
      talk.say(Map.of(), "ask three", "say second");
    }

    List<JsonNode> decided = new ArrayList<>();
    for (Talk talk : talks.subList(0, THREADS / 2)) {
      decided.add(allow(talk, "one"));
    }
    system.signal("thread-service-2", "KILL");
    for (Talk talk : talks.subList(THREADS / 2, THREADS)) {
      decided.add(allow(talk, "one"));
    }
    for (Talk talk : talks) {
      decided.add(allow(talk, "two"));
    }
    for (Talk talk : talks) {
      decided.add(allow(talk, "three"));
    }
    system.awaitReady();

    for (Talk talk : talks) {
      Talk.patience("all is answered")
          .until(() -> talk.said().getLast().equals("assistant: three allowed: null\nsecond"));
      assertThat(talk.said())
          .containsExactly(
              "user: ask one\nask two\nsay end",
              "assistant: one allowed: null\ntwo allowed: null\nend",
              "user: say first",
              "assistant: first",
              "user: ask three\nsay second",
              "assistant: three allowed: null\nsecond");
      assertThat(talk.awaitStatus("idle").path("followUps").asInt()).isZero();
      assertThat(api.list("api/sessions?thread=" + talk.thread()))
          .hasSize(3)
          .allSatisfy(session -> {
            assertThat(session.path("status").asString("")).isEqualTo("completed");
            assertThat(session.path("attempt").asInt()).isEqualTo(1);
          });
    }
    assertThat(decided)
        .hasSize(3 * THREADS)
        .allSatisfy(one ->
            assertThat(
                    api.get("api/approvals/" + one.path("id").asString(""))
                        .path("decision")
                        .path("delivery")
                        .asString(""))
                .isEqualTo("applied"));
  }

  /** As a careful client: the same decision again where the answer was lost. */
  private static JsonNode allow(Talk talk, String title) {
    JsonNode asked = talk.awaitAsked(title);
    Api.Answer answer = talk.decide(asked, Map.of("decision", "allowed"));
    if (answer.status() != 200) {
      answer.expectRefusal(409, "already_decided");
    }
    return asked;
  }
}
