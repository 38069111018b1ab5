package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** What people notice when an engine asks them; the numbers are those of the checklist. */
@Timeout(180)
class ApprovalChecklistIT {

  private static HeddleSystem system;
  private static Api api;
  private static ScriptedMachine machine;
  private static String project;

  @BeforeAll
  static void join() {
    system = HeddleSystem.shared();
    api = new Api(system);
    machine = ScriptedMachine.join(system, "scripted-approvals");
    project = system.project();
  }

  @AfterAll
  static void leave() {
    machine.close();
  }

  @Test
  void line11AnApprovalContinuesTheSameMessageAndTheTextOfADenialReachesTheEngine() {
    Talk talk = Talk.begin(api, project, "say before", "ask one", "ask two", "say after");
    JsonNode one = talk.awaitAsked("one");
    assertThat(talk.awaitStatus("waiting").path("pendingApprovals").asInt()).isEqualTo(1);
    String message = talk.awaitSaid("before").path("id").asString("");

    talk.decide(one, Map.of("decision", "allowed")).expect(200);
    talk.decide(one, Map.of("decision", "denied")).expectRefusal(409, "already_decided");
    talk.decide(talk.awaitAsked("two"), Map.of("decision", "denied", "message", "not here"))
        .expect(200);

    assertThat(talk.answer()).isEqualTo("before\none allowed: null\ntwo denied: not here\nafter");
    assertThat(talk.messages()).hasSize(2);
    assertThat(talk.last().path("id").asString("")).isEqualTo(message);
    assertThat(
            talk.last()
                .path("parts")
                .valueStream()
                .filter(part -> part.path("type").asString("").equals("approval"))
                .map(part -> part.path("decision").asString(""))
                .toList())
        .containsExactly("allowed", "denied");
    JsonNode decided = talk.awaitApproval(one, "allowed").path("decision");
    assertThat(decided.path("by").asString("")).isEqualTo("local");
    assertThat(decided.path("delivery").asString("")).isEqualTo("applied");
  }

  @Test
  void line11AStopDeniesWhatIsUnresolved() {
    Talk talk = Talk.begin(api, project, "ask one", "say never");
    JsonNode one = talk.awaitAsked("one");
    talk.awaitStatus("waiting");

    talk.cancel();

    assertThat(talk.awaitApproval(one, "withdrawn").path("reason").asString("")).contains("local");
    assertThat(talk.awaitStatus("idle").path("lastOutcome").path("status").asString(""))
        .isEqualTo("cancelled");
    talk.decide(one, Map.of("decision", "allowed")).expectRefusal(409, "approval_dead");
    assertThat(talk.ask("say next")).isEqualTo("next");
  }

  @Test
  void anApprovalExpiresAndTheEngineIsToldNo() {
    Talk talk = Talk.begin(api, project, "ask-for 1500 quickly");
    JsonNode asked = talk.awaitAsked("quickly");

    talk.awaitApproval(asked, "expired");

    assertThat(talk.answer()).startsWith("quickly denied: ");
    assertThat(talk.awaitStatus("idle").path("pendingApprovals").asInt()).isZero();
  }

  @Test
  void line13QuestionsUseTheInboxOfApprovals() {
    Talk talk = Talk.begin(api, project, "question which way?");
    JsonNode question = talk.awaitAsked("which way?");
    assertThat(question.path("kind").asString("")).isEqualTo("question");
    assertThat(api.list("api/approvals?state=pending&project=" + project))
        .map(one -> one.path("id"))
        .contains(question.path("id"));

    talk.decide(question, Map.of("answer", "left")).expect(200);

    assertThat(talk.answer()).isEqualTo("which way? allowed: left");
  }

  @Test
  void line18ANewQuestionTakesThePlaceOfThePendingOneAndAnAnswerContinuesTheRun() {
    Talk talk = Talk.begin(api, project, "leave first?", "question second?", "say goes on");
    JsonNode second = talk.awaitAsked("second?");
    Talk.patience("the first is withdrawn").until(() -> talk.asked("withdrawn").size() == 1);
    assertThat(talk.asked("pending")).hasSize(1);

    talk.decide(second, Map.of("answer", "yes")).expect(200);

    assertThat(talk.answer()).isEqualTo("second? allowed: yes\ngoes on");
  }

  @Test
  void anAlwaysForTheThreadAnswersByItselfAfterwards() {
    Talk talk = Talk.begin(api, project, "ask git status");
    talk.decide(talk.awaitAsked("git status"), Map.of("optionId", "always", "pattern", "git *"))
        .expect(200);
    talk.answer();

    assertThat(talk.ask("ask git push", "say pushed")).endsWith("pushed");

    JsonNode byRule = talk.asked("allowed").getFirst();
    assertThat(byRule.path("title").asString("")).isEqualTo("git push");
    assertThat(byRule.path("decision").path("by").asString("")).startsWith("rule ");
    talk.say(Map.of(), "ask rm -r .");
    talk.awaitAsked("rm -r .");
    talk.cancel();
    talk.awaitStatus("idle");
  }

  @Test
  void anAlwaysForTheProjectAnswersInItsOtherThreads() {
    String own = system.project();
    Talk talk = Talk.begin(api, own, "ask make test");
    talk.decide(talk.awaitAsked("make test"), Map.of("decision", "denied", "scope", "project"))
        .expect(200);
    talk.answer();

    assertThat(Talk.begin(api, own, "ask make test").answer()).startsWith("make test denied: ");
  }

  @Test
  void line12PermissionIsThreadOverProjectOverPersonAndFullSkipsStoredRules() {
    String own = system.project();
    String id =
        api.list("api/projects").stream()
            .filter(one -> one.path("name").asString("").equals(own))
            .findFirst()
            .orElseThrow()
            .path("id")
            .asString("");
    Talk talk = Talk.begin(api, own, "permission");
    assertThat(talk.answer()).isEqualTo("may ASK");
    api.call("PUT", "api/settings", Map.of("permission", "edit")).expect(200);
    try {
      assertThat(talk.ask("permission")).isEqualTo("may EDIT");
      awaitAlone(own, "may EDIT");
      api.call("PATCH", "api/projects/" + id, Map.of("permission", "plan")).expect(200);
      assertThat(talk.ask("permission")).isEqualTo("may PLAN");
      awaitAlone(own, "may PLAN");
      assertThat(talk.ask(Map.of("permission", "ask"), "permission")).isEqualTo("may ASK");
      assertThat(talk.ask("permission")).as("it persists").isEqualTo("may ASK");
    } finally {
      api.call("PUT", "api/settings", Map.of()).expect(200);
    }

    talk.say(Map.of(), "ask make test");
    talk.decide(talk.awaitAsked("make test"), Map.of("decision", "denied", "scope", "project"))
        .expect(200);
    talk.answer();
    assertThat(talk.ask("ask make test")).as("by the rule").startsWith("make test denied: ");
    talk.say(Map.of("permission", "full"), "permission", "ask make test");
    talk.decide(talk.awaitAsked("make test"), Map.of("decision", "allowed", "message", "go"))
        .expect(200);
    assertThat(talk.answer()).isEqualTo("may FULL\nmake test allowed: go");
    assertThat(talk.view().path("permission").asString("")).isEqualTo("full");
  }

  /** A session without a thread learns of what people set a moment later. */
  private static void awaitAlone(String project, String said) {
    Talk.patience("a session without a thread " + said)
        .until(() -> {
          String session =
              api.post("api/sessions", Talk.request(project, Map.of(), "permission"))
                  .expect(202)
                  .path("sessionId")
                  .asString("");
          Talk.patience("its end").until(() -> system.status(session).equals("completed"));
          return Talk.patience("its word")
              .until(() -> messagesOf(session), messages -> !messages.isEmpty())
              .contains(said);
        });
  }

  private static List<String> messagesOf(String session) {
    return system.events(session).stream()
        .map(event -> event.path("body"))
        .filter(body -> body.path("kind").asString("").equals("message"))
        .map(body -> body.path("text").asString(""))
        .toList();
  }

  @Test
  void aQuestionOfARunThatHasEndedHoldsNoFollowUp() {
    Talk talk = Talk.begin(api, project, "leave why?", "listen");
    JsonNode asked = talk.awaitAsked("why?");
    talk.awaitSaid("listens");
    talk.say(Map.of(), "say afterwards");

    talk.say(Map.of("ifBusy", "steer"), "end");

    Talk.patience("the follow-up").until(() -> talk.said().contains("assistant: afterwards"));
    assertThat(talk.approval(asked).path("state").asString("")).isEqualTo("withdrawn");
  }

  @Test
  void aDecisionReachesTheEngineAcrossRestartsOfTheServices() {
    Talk talk = Talk.begin(api, project, "ask one", "ask two", "say after");
    JsonNode one = talk.awaitAsked("one");
    system.restart("thread-service");
    assertThat(talk.approval(one).path("state").asString("")).isEqualTo("pending");
    talk.decide(one, Map.of("decision", "allowed", "message", "first")).expect(200);

    JsonNode two = talk.awaitAsked("two");
    system.restart("session-service");
    talk.decide(two, Map.of("decision", "denied", "message", "second")).expect(200);

    assertThat(talk.answer()).isEqualTo("one allowed: first\ntwo denied: second\nafter");
    assertThat(system.session(talk.session()).path("attempt").asInt()).isEqualTo(1);
  }

  /** Also line 7: what the first attempt has left cannot come over the second. */
  @Test
  void whatADeadEngineAskedIsWithdrawnAndAskedAgain() {
    Talk talk = Talk.begin(api, project, "say before", "ask one", "say after");
    JsonNode first = talk.awaitAsked("one");
    talk.awaitSaid("before");

    machine.kill();
    machine.start();

    assertThat(talk.awaitApproval(first, "withdrawn").path("reason").asString("")).isNotBlank();
    JsonNode second = talk.awaitAsked("one");
    assertThat(second.path("id")).isNotEqualTo(first.path("id"));
    assertThat(second.path("attempt").asInt()).isEqualTo(2);
    talk.decide(first, Map.of("decision", "denied")).expectRefusal(409, "approval_dead");
    talk.decide(second, Map.of("decision", "allowed", "message", "again")).expect(200);

    assertThat(talk.answer()).isEqualTo("before\none allowed: again\nafter");
    assertThat(talk.messages())
        .map(message -> message.path("status").asString(""))
        .containsExactly("completed", "failed", "completed");
    assertThat(system.session(talk.session()).path("status").asString("")).isEqualTo("completed");
  }

  @Test
  void line07AStaleRunCannotFinishOverANewerOne() {
    Talk talk = Talk.begin(api, project, "say before", "ask one", "say after");
    talk.awaitAsked("one");
    talk.awaitSaid("before");
    machine.signal("STOP");
    try (ScriptedMachine other = ScriptedMachine.join(system, "scripted-approvals-2")) {
      JsonNode second =
          Talk.patience("the second attempt asks")
              .until(
                  () -> talk.asked("pending"),
                  found -> found.size() == 1 && found.getFirst().path("attempt").asInt() == 2)
              .getFirst();
      assertThat(second.path("machine").asString("")).isEqualTo(other.id());
      talk.decide(second, Map.of("decision", "allowed", "message", "now")).expect(200);
      talk.answer();
      List<JsonNode> before = talk.messages();

      machine.signal("CONT");
      // What it had to say it has said when it takes sessions again.
      Talk.patience("it is back").until(machine::isOnline);
      other.kill();
      assertThat(Talk.begin(api, project, "say back").answer()).isEqualTo("back");

      assertThat(talk.messages()).isEqualTo(before);
      assertThat(talk.last().path("text").asString(""))
          .isEqualTo("before\none allowed: now\nafter");
      assertThat(talk.view().path("lastOutcome").path("status").asString(""))
          .isEqualTo("completed");
    }
  }
}
