package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** What people notice of a conversation; the numbers are those of the checklist. */
@Timeout(120)
class ConversationChecklistIT {

  /** No machine ever joins it. */
  private static final String NOBODY = "nobody";

  private static HeddleSystem system;
  private static Api api;
  private static ScriptedMachine machine;
  private static String project;

  @BeforeAll
  static void join() {
    system = HeddleSystem.shared();
    api = new Api(system);
    machine = ScriptedMachine.join(system, "scripted-conversation");
    project = system.project();
  }

  @AfterAll
  static void leave() {
    machine.close();
  }

  @Test
  void line01TheFirstDispatchCreatesTheThreadAndARepetitionChangesNothing() {
    String chosen = UUID.randomUUID().toString();
    String key = UUID.randomUUID().toString();
    Map<String, Object> request = Talk.request(project, Map.of("thread", chosen), "say hello");

    JsonNode first = api.post("api/dispatch", request, "Idempotency-Key", key).expect(202);
    JsonNode again = api.post("api/dispatch", request, "Idempotency-Key", key).expect(202);

    assertThat(first.path("threadId").asString("")).isEqualTo(chosen);
    assertThat(again).isEqualTo(first);
    Talk.patience("the answer")
        .until(() -> api.list("api/threads/" + chosen + "/messages").size() == 2);
    assertThat(api.list("api/sessions?thread=" + chosen)).hasSize(1);
  }

  @Test
  void line02TheMessageIsStoredBeforeAnyOutput() {
    Talk talk = Talk.begin(api, project, Map.of("pool", NOBODY), "say never");

    assertThat(talk.session()).isNotEmpty();
    assertThat(talk.messages())
        .singleElement()
        .satisfies(said -> {
          assertThat(said.path("role").asString("")).isEqualTo("user");
          assertThat(said.path("text").asString("")).isEqualTo("say never");
          assertThat(said.path("sessionId").asString("")).isEqualTo(talk.session());
        });
    talk.cancel();
    talk.awaitStatus("idle");
  }

  @Test
  void line03StartUpPhasesAreLabelsThatVanish() {
    Talk waiting = Talk.begin(api, project, Map.of("pool", NOBODY), "say never");
    Talk.patience("a label")
        .until(() ->
            labels(waiting).stream()
                .anyMatch(label -> label.path("status").asString("").equals("queued")));
    waiting.cancel();
    Talk.patience("no label").until(() -> labels(waiting).isEmpty());

    Talk talk = Talk.begin(api, project, "say hello");
    talk.answer();
    Talk.patience("the whole timeline").until(() -> isOver(talk.session()));
    // Two write them, each in its own order.
    assertThat(steps(talk.session()))
        .containsSubsequence("queued", "claimed", "running", "completed")
        .containsSubsequence("preparing", "starting", "engine.started", "engine.exited");
    assertThat(labels(talk)).isEmpty();
  }

  @Test
  void line04AFailedStartLeavesAMessageWithTheError() {
    Talk talk =
        Talk.begin(
            api,
            project,
            Map.of("engine", "command", "command", List.of("/no/such/program")),
            "anything");

    JsonNode thread = talk.awaitStatus("idle");

    assertThat(thread.path("lastOutcome").path("code").asString("")).isEqualTo("engine_not_found");
    JsonNode last = talk.last();
    assertThat(last.path("role").asString("")).isEqualTo("assistant");
    assertThat(last.path("status").asString("")).isEqualTo("failed");
    assertThat(last.path("text").asString("")).contains("/no/such/program");
    assertThat(talk.ask(Map.of("engine", ScriptedMachine.ENGINE), "say goes on"))
        .isEqualTo("goes on");
  }

  @Test
  void line05SettingsOfATurnPersist() {
    Talk talk =
        Talk.begin(
            api, project, Map.of("model", "m1", "mode", "careful", "effort", "high"), "settings");
    assertThat(talk.answer()).isEqualTo("model m1, mode careful, effort high");
    assertThat(talk.ask("settings")).isEqualTo("model m1, mode careful, effort high");
    assertThat(talk.ask(Map.of("model", "m2"), "settings"))
        .isEqualTo("model m2, mode careful, effort high");
    assertThat(talk.ask("settings")).isEqualTo("model m2, mode careful, effort high");
    assertThat(talk.view().path("model").asString("")).isEqualTo("m2");
  }

  @Test
  void line06AnEditMakesASiblingBranchAndEachGoesOnWithItsOwnConversation() {
    Talk talk = Talk.begin(api, project, "say apple");
    talk.answer();
    talk.ask("say pear");
    String question = talk.first().path("id").asString("");
    String end = talk.last().path("id").asString("");

    talk.began(
        api.post(talk.path("/messages/" + question + "/edit"), Map.of("text", "say plum"))
            .expect(202));
    assertThat(talk.answer()).isEqualTo("plum");

    assertThat(talk.said()).containsExactly("user: say plum", "assistant: plum");
    assertThat(talk.first().path("siblings")).hasSize(2);
    assertThat(api.list(talk.path("/messages?branch=all"))).hasSize(6);
    assertThat(talk.ask("recall"))
        .contains("user said say plum", "assistant said plum")
        .doesNotContain("apple", "pear");

    api.call("PUT", talk.path("/branches/active"), Map.of("messageId", end)).expect(200);
    assertThat(talk.said())
        .containsExactly(
            "user: say apple", "assistant: apple", "user: say pear", "assistant: pear");
    assertThat(talk.ask("recall"))
        .contains("user said say apple", "assistant said apple", "assistant said pear")
        .doesNotContain("plum");
  }

  @Test
  void line06ARegeneratedAnswerIsASibling() {
    Talk talk = Talk.begin(api, project, "settings");
    String first = talk.answer();
    String answer = talk.last().path("id").asString("");

    talk.began(
        api.post(talk.path("/messages/" + answer + "/regenerate"), Map.of("model", "m7"))
            .expect(202));

    assertThat(talk.answer()).isNotEqualTo(first).contains("model m7");
    assertThat(talk.messages()).hasSize(2);
    assertThat(talk.last().path("siblings")).hasSize(2);
    assertThat(talk.last().path("siblingIndex").asInt()).isEqualTo(1);
  }

  @Test
  void line08AReloadDuringARunMissesNothingAndSeesNothingTwice() throws Exception {
    Talk talk = Talk.begin(api, project, "say one", "tool Bash ls", "listen", "say end");
    talk.awaitSaid("listens");
    StreamClient client =
        new StreamClient(system, new HeddleSystem.Dispatched(talk.thread(), talk.session()));
    client.read(4);
    int before = client.received().size();
    assertThat(before).isEqualTo(4);
    client.read(2);

    talk.say(Map.of("ifBusy", "steer"), "go on");
    client.read(Integer.MAX_VALUE);

    assertThat(client.ended()).isTrue();
    assertThat(client.received()).hasSizeGreaterThan(8);
    client.assertComplete();
    talk.awaitStatus("idle");
    assertThat(talk.said()).contains("assistant: one\nlistens\nheard go on\nend");
  }

  @Test
  void line09AMessageWhileBusyIsQueuedSteeredOrRejected() {
    Talk talk = Talk.begin(api, project, "listen");
    talk.awaitSaid("listens");

    assertThat(talk.say(Map.of(), "say later").path("disposition").asString(""))
        .isEqualTo("queued");
    api.post(talk.path("/messages"), Map.of("text", "say no", "ifBusy", "reject"))
        .expectRefusal(409, "thread_busy");
    assertThat(talk.view().path("followUps").asInt()).isEqualTo(1);
    assertThat(talk.say(Map.of("ifBusy", "steer"), "hurry").path("disposition").asString(""))
        .isEqualTo("steered");

    Talk.patience("the follow-up is answered")
        .until(() -> talk.said().contains("assistant: later"));
    assertThat(talk.said())
        .contains("user: hurry", "assistant: listens\nheard hurry")
        .endsWith("user: say later", "assistant: later")
        .doesNotContain("user: say no");
  }

  @Test
  void line09WhatTheEngineDoesNotTakeIsQueuedFirst() {
    Talk talk = Talk.begin(api, project, "say begins", "hold");
    talk.awaitSaid("begins");
    talk.say(Map.of(), "say later");

    assertThat(talk.say(Map.of("ifBusy", "steer"), "say refused").path("disposition").asString(""))
        .isEqualTo("steered");

    Talk.patience("it waits ahead of the others")
        .until(() ->
            talk.queue()
                .path("items")
                .valueStream()
                .map(item -> item.path("text").asString(""))
                .toList()
                .equals(List.of("say refused", "say later")));
    talk.cancel();
    Talk.patience("both are answered").until(() -> talk.said().contains("assistant: later"));
    assertThat(talk.said())
        .endsWith("user: say refused", "assistant: refused", "user: say later", "assistant: later");
  }

  @Test
  void line10AnInterruptClosesDanglingToolCallsAndTheNextTurnWorks() {
    Talk talk = Talk.begin(api, project, "say begins", "open Bash sleep 1000", "hold");
    talk.awaitSaid("begins");
    Talk.patience("an open tool call").until(() -> toolsOf(talk.last()).contains("running"));
    String interrupted = talk.session();

    assertThat(
            talk.say(Map.of("ifBusy", "interrupt"), "recall", "say works")
                .path("disposition")
                .asString(""))
        .isEqualTo("interrupting");

    Talk.patience("the next turn").until(() -> talk.said().getLast().endsWith("\nworks"));
    JsonNode cut =
        talk.messages().stream()
            .filter(message -> message.path("role").asString("").equals("assistant"))
            .findFirst()
            .orElseThrow();
    assertThat(cut.path("status").asString("")).isEqualTo("cancelled");
    assertThat(toolsOf(cut)).isNotEmpty().doesNotContain("running");
    Talk.patience("no open tool in the transcript")
        .until(() ->
            system.transcript(talk.thread()).stream()
                .filter(item -> item.path("kind").asString("").equals("tool"))
                .map(item -> item.path("status").asString(""))
                .toList()
                .equals(List.of("cancelled")));
    assertThat(system.status(interrupted)).isEqualTo("cancelled");
    assertThat(talk.awaitStatus("idle").path("lastOutcome").path("status").asString(""))
        .isEqualTo("completed");
  }

  @Test
  void line14AResumeUsesTheStoredEngineSession() {
    Talk talk = Talk.begin(api, project, "recall", "state acp conversation-9");
    assertThat(talk.answer()).isEqualTo("begins");

    assertThat(talk.ask("recall")).startsWith("goes on from conversation-9");

    assertThat(system.events(talk.session()))
        .map(event -> event.path("body"))
        .filteredOn(body -> body.path("kind").asString("").equals("engine.started"))
        .singleElement()
        .satisfies(body ->
            assertThat(body.path("engineSessionId").asString("")).isEqualTo("conversation-9"));
  }

  @Test
  void line15AnotherEngineBeginsAfreshWithTheConversationAndBothStatesAreKept() {
    Talk talk = Talk.begin(api, project, "say apple", "state claude mine");
    talk.answer();

    assertThat(
            talk.ask(Map.of("engine", ScriptedMachine.OTHER_ENGINE), "recall", "state codex yours"))
        .startsWith("begins")
        .contains("assistant said apple");
    assertThat(talk.ask(Map.of("engine", ScriptedMachine.ENGINE), "recall"))
        .as("more was said since its own conversation ended, so that it is told")
        .startsWith("begins")
        .contains("user said recall / state codex yours");

    assertThat(api.get(talk.path("/engines")).valueStream())
        .map(engine ->
            "%s %s %s"
                .formatted(
                    engine.path("engine").asString(""),
                    engine.path("state").path("type").asString(""),
                    engine.path("active").asBoolean()))
        .containsExactly("scripted claude true", "scripted-too codex false");
  }

  @Test
  void line17ALinkedPullRequestShowsInLists() {
    Talk talk = Talk.begin(api, project, "pull-request 7 https://example.org/pull/7");
    talk.answer();

    assertThat(listed(talk).path("pullRequest").path("number").asInt()).isEqualTo(7);
  }

  @Test
  void line19ACompactionDeletesNothingAndAStaleOneIsDropped() {
    Talk talk = Talk.begin(api, project, "say apple");
    talk.answer();
    String early = talk.last().path("id").asString("");
    talk.ask("say pear");
    List<String> before = talk.said();

    api.post(talk.path("/compaction"), null).expect(202);
    talk.awaitStatus("idle");

    JsonNode compaction = api.get(talk.path("/compaction")).path(0);
    assertThat(compaction.path("inForce").asBoolean()).isTrue();
    assertThat(compaction.path("summary").asString("")).isEqualTo("4 messages, the last: pear");
    assertThat(talk.said()).isEqualTo(before);

    talk.ask("summary " + early + " too late");
    assertThat(api.get(talk.path("/compaction"))).hasSize(1);
    assertThat(talk.ask("recall"))
        .contains("summary 4 messages, the last: pear", "user said summary")
        .doesNotContain("said apple");
  }

  @Test
  void line20AnArchivedThreadRefusesAndArchivingStopsItsRun() {
    Talk talk = Talk.begin(api, project, "say begins", "hold");
    talk.awaitSaid("begins");

    api.call("PATCH", talk.path(""), Map.of("archived", true)).expect(200);

    talk.awaitStatus("idle");
    assertThat(system.awaitStatus(talk.session(), "cancelled").path("reason").asString(""))
        .contains("archived");
    api.post(talk.path("/messages"), Map.of("text", "say no"))
        .expectRefusal(409, "thread_archived");
    api.post("api/dispatch", Talk.request(project, Map.of("thread", talk.thread()), "say no"))
        .expectRefusal(409, "thread_archived");
    api.call("PATCH", talk.path(""), Map.of("archived", false)).expect(200);
    assertThat(talk.ask("say again")).isEqualTo("again");
  }

  @Test
  void line21ListsAreFilteredPinnedFirstAndPaged() {
    String own = system.project();
    Talk oldest = Talk.begin(api, own, "say quagga");
    oldest.answer();
    Talk other = Talk.begin(api, own, Map.of("engine", ScriptedMachine.OTHER_ENGINE), "say zebra");
    other.answer();
    Talk waiting = Talk.begin(api, own, "question which?");
    waiting.awaitAsked("which?");
    api.call("PATCH", oldest.path(""), Map.of("pinned", true)).expect(200);

    String list = "api/threads?project=" + own;
    assertThat(threads(list + "&limit=1"))
        .startsWith(oldest.thread())
        .containsExactlyInAnyOrder(oldest.thread(), other.thread(), waiting.thread());
    assertThat(threads(list + "&engine=" + ScriptedMachine.OTHER_ENGINE))
        .containsExactly(other.thread());
    assertThat(threads(list + "&status=waiting")).containsExactly(waiting.thread());
    assertThat(threads(list + "&q=quagga")).containsExactly(oldest.thread());
    assertThat(threads(list + "&machine=" + machine.id())).hasSize(3);
    assertThat(threads(list + "&machine=another")).isEmpty();
    waiting.cancel();
    waiting.awaitStatus("idle");
  }

  @Test
  void line22ASessionOpensAsATranscriptAndAsEventsWhereItHasNoThread() {
    Talk talk = Talk.begin(api, project, "say hello");
    talk.answer();
    String alone =
        api.post("api/sessions", Talk.request(project, Map.of(), "say alone"))
            .expect(202)
            .path("sessionId")
            .asString("");
    system.awaitStatus(alone, "completed");

    assertThat(api.list("api/sessions?project=" + project))
        .map(session -> session.path("id").asString(""))
        .contains(talk.session(), alone);
    for (String session : List.of(talk.session(), alone)) {
      Talk.patience("a transcript of " + session)
          .until(() ->
              api.list("api/sessions/" + session + "/transcript").stream()
                  .anyMatch(item -> item.path("kind").asString("").equals("message")));
      assertThat(system.events(session)).isNotEmpty();
    }
    assertThat(system.session(alone).path("threadId").asString("")).isEmpty();
  }

  @Test
  void line23TypingAndMarkersShowInTheTranscript() {
    Talk talk = Talk.begin(api, project, "listen");
    Talk.patience("typing")
        .until(() ->
            items(talk, "typing").stream()
                .anyMatch(item -> item.path("text").asString("").contains("listens")));
    assertThat(markers(talk)).contains("running");

    talk.awaitSaid("listens");
    talk.say(Map.of("ifBusy", "steer"), "go");
    talk.answer();

    Talk.patience("the end").until(() -> markers(talk).contains("completed"));
    assertThat(items(talk, "typing")).isEmpty();
    assertThat(items(talk, "message"))
        .map(item -> item.path("text").asString("").strip())
        .contains("listens\nheard go");
  }

  @Test
  void line24UsageIsKeptPerMessageSessionThreadAndProject() {
    Talk talk = Talk.begin(api, project, "say one", "usage 100 20 30 0.5");
    talk.answer();

    assertThat(figures(talk.last())).isEqualTo("100 20 30 0.5");
    Talk.patience("the session's usage")
        .until(() ->
            figures(api.get("api/sessions/" + talk.session() + "/summary"))
                .equals("100 20 30 0.5"));
    assertThat(figures(api.get(talk.path("")))).isEqualTo("100 20 30 0.5");
    // Others of this class spend in the project too.
    JsonNode ofProject = api.get("api/projects/" + project + "/usage");
    assertThat(ofProject.path("inputTokens").asLong()).isGreaterThanOrEqualTo(100);
    assertThat(ofProject.path("costUsd").asDouble()).isGreaterThanOrEqualTo(0.5);
  }

  @Test
  void planOfAnEngineAndOfAPersonAreBothKept() {
    Talk talk = Talk.begin(api, project, "plan in_progress look; pending write");
    talk.answer();
    JsonNode planned = api.get(talk.path("/plan"));
    assertThat(planned.path("tasks").toString()).contains("look", "in_progress", "write");

    api.call(
            "PUT",
            talk.path("/plan"),
            Map.of("document", "mine", "tasks", List.of(Map.of("text", "rest"))))
        .expect(200);

    List<JsonNode> revisions = api.list(talk.path("/plan/revisions"));
    assertThat(revisions).hasSize(2);
    assertThat(revisions.getFirst().path("changedBy").asString("")).isEqualTo("local");
    assertThat(revisions.getFirst().path("document").asString("")).isEqualTo("mine");
    assertThat(revisions.getLast().path("sessionId").asString("")).isEqualTo(talk.session());
  }

  @Test
  void checkpointsOfARunAreKeptInTheirOrder() {
    Talk talk = Talk.begin(api, project, "checkpoint before 0", "checkpoint after 3");
    talk.answer();

    List<JsonNode> kept = api.list(talk.path("/checkpoints"));
    assertThat(kept).hasSize(2);
    String question = talk.first().path("id").asString("");
    assertThat(kept)
        .allSatisfy(one -> assertThat(one.path("messageId").asString("")).isEqualTo(question));
    JsonNode after = kept.getLast();
    JsonNode place = talk.view().path("checkpoint");
    assertThat(after.path("moment").asString("")).isEqualTo("after");
    assertThat(after.path("changedFiles").asInt()).isEqualTo(3);
    assertThat(after.path("parentId")).isEqualTo(kept.getFirst().path("id"));
    assertThat(place.path("latest")).isEqualTo(after.path("id"));
  }

  @Test
  void followUpsAreSentInOrderAndHeldAfterAFailure() {
    Talk talk = Talk.begin(api, project, "listen", "fail broken");
    talk.awaitSaid("listens");
    talk.say(Map.of(), "say first");
    talk.say(Map.of(), "say second");
    talk.say(Map.of("ifBusy", "steer"), "fail now");

    JsonNode queue =
        Talk.patience("the queue is held")
            .until(talk::queue, found -> found.path("held").isObject());
    assertThat(queue.path("held").path("cause").asString("")).isEqualTo("run_failed");
    assertThat(queue.path("items")).hasSize(2);

    api.post(talk.path("/follow-ups/resume"), null).expect(200);

    Talk.patience("both are answered").until(() -> talk.said().contains("assistant: second"));
    assertThat(talk.said())
        .endsWith("user: say first", "assistant: first", "user: say second", "assistant: second");
    assertThat(talk.queue().path("items")).isEmpty();
  }

  @Test
  void aDeletedThreadIsGoneWithItsTimelineAndItsSessions() {
    Talk talk = Talk.begin(api, project, "say begins", "hold");
    talk.awaitSaid("begins");
    api.call("DELETE", talk.path(""), null).expectRefusal(409, "thread_busy");
    talk.cancel();
    talk.awaitStatus("idle");
    Talk.patience("a timeline").until(() -> isOver(talk.session()));

    api.call("DELETE", talk.path(""), null).expect(204);

    api.call("GET", talk.path(""), null).expectRefusal(404, "unknown_thread");
    assertThat(threads("api/threads?project=" + project)).doesNotContain(talk.thread());
    Talk.patience("no transcript").until(() -> system.transcript(talk.thread()).isEmpty());
    assertThat(system.events(talk.session())).isEmpty();
    Talk.patience("no session")
        .until(() -> api.call("GET", "api/sessions/" + talk.session(), null).status() == 404);
  }

  private static List<JsonNode> labels(Talk talk) {
    return system.transcript(talk.thread()).stream()
        .filter(item -> item.path("transient").asBoolean())
        .toList();
  }

  private static List<JsonNode> items(Talk talk, String kind) {
    return system.transcript(talk.thread()).stream()
        .filter(item -> item.path("kind").asString("").equals(kind))
        .toList();
  }

  private static List<String> markers(Talk talk) {
    return items(talk, "marker").stream().map(item -> item.path("status").asString("")).toList();
  }

  private static boolean isOver(String session) {
    return system.events(session).stream().anyMatch(event -> Timeline.ends(event.path("body")));
  }

  /** What the timeline says of the way to the end. */
  private static List<String> steps(String session) {
    return system.events(session).stream()
        .map(event -> event.path("body"))
        .map(body ->
            switch (body.path("kind").asString("")) {
              case "session.status" -> body.path("status").asString("");
              case "session.phase" -> body.path("phase").asString("");
              default -> body.path("kind").asString("");
            })
        .toList();
  }

  private static List<String> toolsOf(JsonNode message) {
    return message
        .path("parts")
        .valueStream()
        .filter(part -> part.path("type").asString("").equals("tool"))
        .map(part -> part.path("status").asString(""))
        .toList();
  }

  private static String figures(JsonNode holder) {
    JsonNode usage = holder.path("usage");
    return "%d %d %d %s"
        .formatted(
            usage.path("inputTokens").asLong(),
            usage.path("cachedInputTokens").asLong(),
            usage.path("outputTokens").asLong(),
            usage.path("costUsd").asDouble());
  }

  private static JsonNode listed(Talk talk) {
    return api.list("api/threads?project=" + project).stream()
        .filter(thread -> thread.path("id").asString("").equals(talk.thread()))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> threads(String path) {
    return api.list(path).stream().map(thread -> thread.path("id").asString("")).toList();
  }
}
