package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** What engines do with Heddle's own tools, which they call over HTTP, through the whole system. */
@Timeout(180)
class EngineToolsIT {

  private static HeddleSystem system;
  private static Api api;
  private static ScriptedMachine machine;
  private static String project;

  @BeforeAll
  static void join() {
    system = HeddleSystem.shared();
    api = new Api(system);
    machine = ScriptedMachine.join(system, "scripted-tools");
    project = system.project();
  }

  @AfterAll
  static void leave() {
    machine.close();
  }

  private static String call(String tool, Map<String, ?> arguments) {
    return "call " + tool + " " + Gateway.JSON.writeValueAsString(arguments);
  }

  private static List<JsonNode> children(Talk talk) {
    return api.list(talk.path("/children"));
  }

  private static JsonNode child(Talk talk) {
    return Talk.patience("a child")
        .until(() -> children(talk), children -> !children.isEmpty())
        .getFirst();
  }

  @Test
  void aDelegatedTaskIsDoneByAThreadOfItsOwnAndItsSummaryReturns() {
    Talk talk =
        Talk.begin(
            api,
            project,
            "say before",
            call("delegate", Map.of("key", "part", "prompt", "say from the child", "wait", true)),
            "say after");

    String answer = talk.answer();

    JsonNode child = child(talk);
    assertThat(answer)
        .isEqualTo(
            "before\nThread %s is done:\n\nfrom the child\nafter"
                .formatted(child.path("threadId").asString("")));
    assertThat(child.path("key").asString("")).isEqualTo("part");
    assertThat(child.path("createdBy").asString("")).isEqualTo("local");
    assertThat(child.path("result").path("status").asString("")).isEqualTo("completed");
    assertThat(talk.messages()).as("told there, it is said nowhere else").hasSize(2);
    assertThat(system.entered(talk.session())).contains("waiting");
  }

  @Test
  void aResultThatNobodyWaitsForComesAsTheNextMessage() {
    Talk talk =
        Talk.begin(
            api, project, call("delegate", Map.of("key", "part", "prompt", "say from the child")));

    Talk.patience("the result").until(() -> talk.messages().size() >= 3);

    assertThat(talk.messages().get(1).path("text").asString("")).contains("as a message");
    assertThat(talk.messages().get(2).path("text").asString(""))
        .isEqualTo("Result of part: completed\n\nfrom the child");
    talk.awaitStatus("idle");
  }

  @Test
  void aTaskOutlivesThreadService() {
    Talk talk =
        Talk.begin(
            api,
            project,
            call(
                "delegate",
                Map.of("key", "part", "prompt", "ask go\nsay from the child", "wait", true)));
    String child = child(talk).path("threadId").asString("");
    JsonNode asked =
        Talk.patience("the child asks")
            .until(
                () -> api.list("api/approvals?state=pending&thread=" + child),
                found -> !found.isEmpty())
            .getFirst();

    system.restart("thread-service");
    talk.decide(asked, Map.of("decision", "allowed")).expect(200);

    assertThat(talk.answer()).contains("is done:\n\ngo allowed: null\nfrom the child");
    assertThat(children(talk)).hasSize(1);
  }

  @Test
  void whatMayNotBeDelegatedIsToldToTheEngine() {
    Talk talk =
        Talk.begin(
            api,
            project,
            call("delegate", Map.of("key", "part", "prompt", "true", "engine", "command")),
            "say goes on");

    assertThat(talk.answer())
        .startsWith("refused the engine command")
        .endsWith("(delegation_not_permitted)\ngoes on");
    assertThat(children(talk)).isEmpty();
  }

  @Test
  void aStopOfTheThreadStopsWhatItWaitsFor() {
    Talk talk =
        Talk.begin(
            api, project, call("delegate", Map.of("key", "part", "prompt", "hold", "wait", true)));
    String child = child(talk).path("threadId").asString("");
    talk.awaitStatus("waiting");

    talk.cancel();

    talk.awaitStatus("idle");
    Talk.patience("the child is idle")
        .until(() -> api.get("api/threads/" + child).path("status").asString("").equals("idle"));
    assertThat(talk.view().path("followUps").asInt()).isZero();
  }

  @Test
  void aQuestionIsAnsweredThroughTheInbox() {
    Talk talk =
        Talk.begin(
            api,
            project,
            call(
                "ask_person",
                Map.of("question", "Which way?", "options", List.of("left", "right"))),
            "say on");
    JsonNode asked = talk.awaitAsked("Which way?");
    assertThat(asked.path("kind").asString("")).isEqualTo("question");
    assertThat(api.list("api/approvals?state=pending&project=" + project))
        .map(one -> one.path("id"))
        .contains(asked.path("id"));

    talk.decide(asked, Map.of("optionId", "2")).expect(200);

    assertThat(talk.answer()).isEqualTo("The person chose: right\non");
  }

  @Test
  void aPlanAndProgressAreShown() {
    Talk talk =
        Talk.begin(
            api,
            project,
            call("report_progress", Map.of("text", "half of it", "percent", 50)),
            call(
                "update_plan",
                Map.of("tasks", List.of(Map.of("title", "read", "status", "completed")))));

    assertThat(talk.answer()).isEqualTo("Noted.\nThe plan is shown.");
    JsonNode plan = api.get(talk.path("/plan"));
    assertThat(plan.path("tasks").path(0).path("text").asString("")).isEqualTo("read");
    assertThat(system.events(talk.session()))
        .anySatisfy(event -> assertThat(event.toString()).contains("notice", "50 %: half of it"));
  }
}
