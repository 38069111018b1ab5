package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.core.ConditionFactory;
import tools.jackson.databind.JsonNode;

/** A thread, as a person who talks with a scripted engine has it before them. */
final class Talk {

  private final Api api;
  private final String thread;
  private String session;

  private Talk(Api api, JsonNode begun) {
    this.api = api;
    this.thread = begun.path("threadId").asString("");
    this.session = begun.path("sessionId").asString("");
  }

  /** Begins a thread with the scripted engine. */
  static Talk begin(Api api, String project, String... script) {
    return begin(api, project, Map.of(), script);
  }

  /** Begins a thread with further fields of the request. */
  static Talk begin(Api api, String project, Map<String, ?> more, String... script) {
    return new Talk(api, api.post("api/dispatch", request(project, more, script)).expect(202));
  }

  static Map<String, Object> request(String project, Map<String, ?> more, String... script) {
    Map<String, Object> request = new HashMap<>();
    request.put("project", project);
    request.put("prompt", String.join("\n", script));
    request.put("engine", ScriptedMachine.ENGINE);
    request.put("pool", ScriptedMachine.POOL);
    request.putAll(more);
    return request;
  }

  String thread() {
    return thread;
  }

  /** The run that was begun last by what was said here. */
  String session() {
    return session;
  }

  /** The address of the thread, or of what is behind it. */
  String path(String behind) {
    return "api/threads/" + thread + behind;
  }

  JsonNode view() {
    return api.patiently("GET", path(""), null).expect(200);
  }

  /** Says something with further fields of the request, and returns what became of it. */
  JsonNode say(Map<String, ?> more, String... script) {
    Map<String, Object> request = new HashMap<>(more);
    request.put("text", String.join("\n", script));
    return began(
        api.patiently(
                "POST", path("/messages"), request, "Idempotency-Key", UUID.randomUUID().toString())
            .expect(202));
  }

  /** Says something and waits until it is answered. */
  String ask(String... script) {
    return ask(Map.of(), script);
  }

  String ask(Map<String, ?> more, String... script) {
    say(more, script);
    return answer();
  }

  JsonNode began(JsonNode dispatched) {
    String begun = dispatched.path("sessionId").asString("");
    if (!begun.isEmpty()) {
      session = begun;
    }
    return dispatched;
  }

  /** Waits until its last run is over, and returns what was said last. */
  String answer() {
    awaitStatus("idle");
    return last().path("text").asString("");
  }

  JsonNode awaitStatus(String status) {
    return patience("thread " + thread + " is " + status)
        .until(this::view, view -> view.path("status").asString("").equals(status));
  }

  /** The messages of the active branch. */
  List<JsonNode> messages() {
    return api.list(path("/messages"));
  }

  JsonNode last() {
    return messages().getLast();
  }

  JsonNode first() {
    return messages().getFirst();
  }

  /** The texts of the active branch, each with who said it. */
  List<String> said() {
    return messages().stream()
        .map(
            message -> message.path("role").asString("") + ": " + message.path("text").asString(""))
        .toList();
  }

  /** Waits until an answer that is being written says this. */
  JsonNode awaitSaid(String text) {
    return patience("'" + text + "' was said")
        .until(
            this::last,
            last ->
                last.path("role").asString("").equals("assistant")
                    && last.path("text").asString("").contains(text));
  }

  /** What its engines asked, the youngest state of it. */
  List<JsonNode> asked(String state) {
    return api.patiently(
            "GET", "api/approvals?limit=200&thread=" + thread + "&state=" + state, null)
        .expect(200)
        .path("items")
        .valueStream()
        .toList();
  }

  /** Waits for something with this title that waits for a person. */
  JsonNode awaitAsked(String title) {
    return await("'" + title + "' is asked")
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                asked("pending").stream()
                    .filter(one -> one.path("title").asString("").equals(title))
                    .toList(),
            found -> !found.isEmpty())
        .getFirst();
  }

  Api.Answer decide(JsonNode asked, Map<String, ?> decision) {
    return api.patiently(
        "POST", "api/approvals/" + asked.path("id").asString("") + "/decision", decision);
  }

  void allow(String title) {
    decide(awaitAsked(title), Map.of("decision", "allowed")).expect(200);
  }

  JsonNode approval(JsonNode asked) {
    return api.patiently("GET", "api/approvals/" + asked.path("id").asString(""), null).expect(200);
  }

  JsonNode awaitApproval(JsonNode asked, String state) {
    return patience("the approval is " + state)
        .until(() -> approval(asked), one -> one.path("state").asString("").equals(state));
  }

  /** The queue of follow-ups. */
  JsonNode queue() {
    return api.patiently("GET", path("/follow-ups"), null).expect(200);
  }

  /** Ends the run as a person does. */
  void cancel() {
    String active = view().path("activeSession").asString("");
    assertThat(active).as("an active session").isNotEmpty();
    api.post("api/sessions/" + active + "/cancel", null).expect(202);
  }

  static ConditionFactory patience(String what) {
    return await(what).atMost(Duration.ofSeconds(60));
  }
}
