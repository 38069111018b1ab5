package dev.heddle.thread.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class TransferIT extends ThreadServiceSetting {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Pattern UUIDS = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /** A thread with something of everything, whose last run is over. */
  private String richThread() {
    String project = fresh("shop");
    http.post(
        "/api/projects", Map.of("name", project, "repository", "https://git.example/shop.git"));
    Answer said =
        http.post(
            "/api/dispatch", Map.of("project", project, "prompt", "Fix it", "engine", "claude"));
    String id = said.text("threadId");
    MessageId question = MessageId.of(said.text("messageId"));
    ApprovalId allowed = new ApprovalId(UUID.randomUUID());
    SessionScript script =
        script(said)
            .ofProject(projectId(project))
            .answering(question)
            .running("claude")
            .queued()
            .claimed("w")
            .started("/w", "heddle/fix")
            .asks(ask(allowed));
    publish(script.changes());
    await().atMost(LONG).until(() -> http.get("/api/approvals/" + allowed).status() == 200);
    assertThat(
            http.post("/api/approvals/" + allowed + "/decision", Map.of("decision", "allowed"))
                .status())
        .isEqualTo(200);
    CheckpointId before = new CheckpointId(UUID.randomUUID());
    CheckpointId after = new CheckpointId(UUID.randomUUID());
    int told = script.changes().size();
    script
        .resumed()
        .writes(
            new MessageId(UUID.randomUUID()),
            "Done. <b>",
            new MessagePart.Reasoning("Think ``` hard </details>"),
            new MessagePart.ToolCall(
                "t1",
                "Bash",
                "Run",
                "make",
                "out\n````\n# no heading",
                "+a\n-b",
                0,
                ToolStatus.COMPLETED),
            new MessagePart.Approval(allowed.toString(), "Run it", "allowed"),
            new MessagePart.Text("Done. <b>"))
        .reportsFact(
            new SessionFact.EngineStateReported(
                new EngineState.Claude("cs-1", null, "opus", "high", "/w", "2.0")))
        .reportsFact(
            new SessionFact.PlanUpdated(
                new Plan(
                    "# Plan",
                    List.of(
                        new Plan.Task("look", PlanTaskStatus.COMPLETED),
                        new Plan.Task("fix", PlanTaskStatus.PENDING)),
                    List.of("why?"))))
        .reportsFact(captured(before, null, CheckpointMoment.BEFORE))
        .reportsFact(captured(after, before, CheckpointMoment.AFTER))
        .reportsFact(new SessionFact.CompactionReported("All was said.", question))
        .reportsFact(new SessionFact.UsageReported(new TokenUsage(10, 2, 3, 0.25)))
        .reports("heddle/fix", "/w", "abc", 2)
        .completed();
    publish(script.changes().subList(told, script.changes().size()));
    awaitIdle(id);
    Answer edited =
        http.post("/api/threads/" + id + "/messages/" + question + "/edit", Map.of("text", "Fix"));
    publish(
        script(edited)
            .running("claude")
            .queued()
            .claimed("w")
            .says(new MessageId(UUID.randomUUID()), "No.")
            .failed("engine_failed", "it broke")
            .changes());
    awaitIdle(id);
    http.patch("/api/threads/" + id, "{\"title\":\"Ein Titel / <x>\",\"pinned\":true}");
    http.put(
        "/api/threads/" + id + "/pull-request",
        Map.of("number", 7, "url", "https://git.example/shop/pull/7"));
    assertThat(
            http.put(
                    "/api/threads/" + id + "/branches/active",
                    Map.of("messageId", question.toString(), "changes", "carry"))
                .status())
        .isEqualTo(200);
    return id;
  }

  private void awaitIdle(String id) {
    await().atMost(LONG).until(() -> "idle".equals(http.get("/api/threads/" + id).text("status")));
  }

  private ProjectId projectId(String project) {
    return ProjectId.of(http.get("/api/projects/" + project).text("id"));
  }

  private static SessionFact captured(CheckpointId id, CheckpointId parent, CheckpointMoment at) {
    // A reference is git's own and stays as it is, whatever the checkpoint is called.
    return new SessionFact.CheckpointCaptured(id, parent, "refs/heddle/" + at.wire(), null, at, 2);
  }

  private static SessionFact.ApprovalRequested ask(ApprovalId id) {
    return new SessionFact.ApprovalRequested(
        id,
        ApprovalKind.APPROVAL,
        "Bash",
        "Run it",
        "make",
        false,
        List.of(new ApprovalOption("y", "Yes", ApprovalOption.Kind.ALLOW_ONCE)),
        false,
        null);
  }

  private static SessionScript script(Answer said) {
    return new SessionScript(
        ThreadId.of(said.text("threadId")), SessionId.of(said.text("sessionId")));
  }

  private Answer export(String thread) {
    Answer exported = http.get("/api/threads/" + thread + "/export");
    assertThat(exported.status()).isEqualTo(200);
    return exported;
  }

  private Answer importing(String project, String document, String... headers) {
    return http.postText("/api/threads/import?project=" + project, document, headers);
  }

  private String imported(JsonNode document) {
    Answer made = importing(project(), document.toString());
    assertThat(made.status()).as(String.valueOf(made.body())).isEqualTo(201);
    return made.text("threadId");
  }

  /** Ids by the order in which they come, and without the times of export and import. */
  private static String comparable(JsonNode exported) {
    ObjectNode document = (ObjectNode) exported.deepCopy();
    document.remove("exportedAt");
    ((ObjectNode) document.get("thread")).remove("project");
    ((ObjectNode) document.get("run")).remove("lastActivityAt");
    Map<String, String> ids = new TreeMap<>();
    return UUIDS
        .matcher(document.toString())
        .replaceAll(found -> ids.computeIfAbsent(found.group(), _ -> "id-" + (ids.size() + 1)));
  }

  @Test
  void whatIsImportedIsExportedAgainAsItWas() {
    String original = richThread();
    Answer exported = export(original);
    assertThat(exported.header("Content-Disposition"))
        .hasValue(
            "attachment; filename=\"heddle-ein-titel-x-%s.json\""
                .formatted(original.substring(28)));
    JsonNode document = exported.body();
    for (String section :
        List.of(
            "messages",
            "plans",
            "compactions",
            "engines",
            "checkpoints",
            "approvals",
            "transitions")) {
      assertThat(document.get(section)).as(section).isNotEmpty();
    }
    assertThat(document.at("/engines/0/state/sessionId").asString()).isEqualTo("cs-1");
    assertThat(document.at("/messages/1/usage/costUsd").asDouble()).isEqualTo(0.25);

    String copy = imported(document);
    JsonNode again = export(copy).body();
    assertThat(again.at("/engines/0/state/sessionId").isMissingNode())
        .as("an engine's conversation does not serve two threads")
        .isTrue();
    ((ObjectNode) document.at("/engines/0/state")).remove("sessionId");
    assertNoOutcomeIsAwaited(document);
    assertThat(comparable(again)).isEqualTo(comparable(document));
    assertThat(idsOf(again, "messages")).doesNotContainAnyElementsOf(idsOf(document, "messages"));
    assertThat(idsOf(again, "approvals")).doesNotContainAnyElementsOf(idsOf(document, "approvals"));
    assertThat(again.at("/messages/1/parts/2/approvalId").asString())
        .isEqualTo(idsOf(again, "approvals").getFirst());
    String third = imported(again);
    assertThat(comparable(export(third).body())).isEqualTo(comparable(again));
  }

  /** What was still on its way to the engine is refused in the copy. */
  private static void assertNoOutcomeIsAwaited(JsonNode document) {
    for (JsonNode approval : document.get("approvals")) {
      ObjectNode decision = (ObjectNode) approval.get("decision");
      if (decision != null && "sent".equals(decision.get("delivery").asString())) {
        decision.put("delivery", "refused");
        decision.put("deliveryReason", ImportedRows.NOT_HERE);
      }
    }
  }

  private static List<String> idsOf(JsonNode document, String section) {
    List<String> ids = new ArrayList<>();
    document.get(section).forEach(one -> ids.add(one.get("id").asString()));
    return ids;
  }

  @Test
  void theCopyIsAThreadLikeAnyOtherAndToldOnce() {
    String original = richThread();
    String copy = imported(export(original).body());
    Answer thread = http.get("/api/threads/" + copy);
    assertThat(thread.text("status")).isEqualTo("idle");
    assertThat(thread.text("title")).isEqualTo("Ein Titel / <x>");
    assertThat(thread.text("pullRequest.number")).isEqualTo("7");
    assertThat(http.get("/api/threads/" + copy + "/messages").body().get("items")).hasSize(2);
    assertThat(http.get("/api/search?q=fix").body().toString()).contains(copy);
    assertThat(http.get("/api/audit?thread=" + copy).text("items.0.action"))
        .isEqualTo("thread.imported");
    List<ThreadChanged> told = wire.await(copy, ThreadChanged.class, 1);
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().changes())
        .hasAtLeastOneElementOfType(ThreadChange.Created.class)
        .hasAtLeastOneElementOfType(ThreadChange.Branch.class);
    Answer next = http.post("/api/threads/" + copy + "/messages", Map.of("text", "go on"));
    assertThat(next.status()).isEqualTo(202);
    RunRequested request = wire.await(copy, RunRequested.class, 1).getFirst();
    assertThat(request.continuation().context()).as("the conversation is handed over").isNotNull();
  }

  @Test
  void nothingRunsByAnImport() {
    Answer said = http.post("/api/dispatch", Map.of("project", project(), "prompt", "work"));
    String id = said.text("threadId");
    ApprovalId pending = new ApprovalId(UUID.randomUUID());
    String project = http.get("/api/threads/" + id).text("projectId");
    publish(
        script(said)
            .ofProject(ProjectId.of(project))
            .queued()
            .claimed("w")
            .started("/w", null)
            .writes(new MessageId(UUID.randomUUID()), "half")
            .asks(ask(pending))
            .changes());
    await().atMost(LONG).until(() -> http.get("/api/approvals/" + pending).status() == 200);
    http.post("/api/threads/" + id + "/messages", Map.of("text", "then this"));

    JsonNode document = export(id).body();
    assertThat(document.at("/run/status").asString()).isEqualTo("waiting");
    Answer made = importing(project(), document.toString());
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("heldFollowUps")).isEqualTo("1");
    assertThat(made.text("withdrawnApprovals")).isEqualTo("1");
    String copy = made.text("threadId");
    assertThat(made.header("Location")).hasValue("/api/threads/" + copy);
    Answer thread = http.get("/api/threads/" + copy);
    assertThat(thread.text("status")).isEqualTo("idle");
    assertThat(thread.text("held.cause")).isEqualTo("imported");
    assertThat(thread.text("pendingApprovals")).isEqualTo("0");
    JsonNode again = export(copy).body();
    assertThat(again.at("/approvals/0/state").asString()).isEqualTo("withdrawn");
    assertThat(again.at("/messages/1/status").asString()).isEqualTo("cancelled");
    JsonNode transitions = again.get("transitions");
    assertThat(transitions.get(transitions.size() - 1).get("cause").asString())
        .isEqualTo("imported");
    assertThat(wire.now(copy, RunRequested.class)).isEmpty();

    assertThat(http.post("/api/threads/" + copy + "/follow-ups/resume", Map.of()).status())
        .isEqualTo(200);
    assertThat(wire.await(copy, RunRequested.class, 1).getFirst().prompt()).isEqualTo("then this");
  }

  @Test
  void aRepeatedImportMakesOneThreadAndAKeptIdOnlyWhereItIsFree() {
    Answer made = http.post("/api/threads", Map.of("project", project()));
    String id = made.text("id");
    String document = export(id).body().toString();
    String project = project();
    Answer first = importing(project, document, "Idempotency-Key", "k-1");
    Answer second = importing(project, document, "Idempotency-Key", "k-1");
    assertThat(second.text("threadId")).isEqualTo(first.text("threadId"));
    assertThat(importing(project, document + " ", "Idempotency-Key", "k-1").code())
        .isEqualTo("idempotency_key_reused");
    assertThat(importing(project + "&keepId=true", document).code()).isEqualTo("thread_exists");
    http.delete("/api/threads/" + id);
    Answer kept = importing(project + "&keepId=true", document);
    assertThat(kept.status()).isEqualTo(201);
    assertThat(kept.text("threadId")).isEqualTo(id);
  }

  @Test
  void whatIsRefusedLeavesNothing() {
    String id = richThread();
    JsonNode document = export(id).body();
    String project = project();
    Map<String, Long> before = rows();
    assertThat(importing("nowhere", document.toString()).code()).isEqualTo("unknown_project");
    assertThat(http.postText("/api/threads/import", document.toString()).code())
        .isEqualTo("project_required");
    assertThat(importing(project, "{").code()).isEqualTo("invalid_export");
    ObjectNode orphan = (ObjectNode) document.deepCopy();
    ((ObjectNode) orphan.at("/messages/1")).put("parentId", UUID.randomUUID().toString());
    assertThat(importing(project, orphan.toString()).code()).isEqualTo("unknown_parent");
    ObjectNode circle = (ObjectNode) document.deepCopy();
    ((ObjectNode) circle.at("/messages/0")).put("parentId", circle.at("/messages/1/id").asString());
    assertThat(importing(project, circle.toString()).code()).isEqualTo("message_cycle");
    ObjectNode unstorable = (ObjectNode) document.deepCopy();
    ((ObjectNode) unstorable.at("/messages/0")).put("text", "a\0b");
    assertThat(importing(project, unstorable.toString()).code()).isEqualTo("invalid_text");
    ObjectNode long1 = (ObjectNode) document.deepCopy();
    ArrayNode plans = (ArrayNode) long1.get("plans");
    JsonNode plan = plans.get(0);
    for (int i = 0; i < DocumentRules.MAX_OTHERS; i++) {
      plans.add(plan);
    }
    assertThat(importing(project, long1.toString()).code()).isEqualTo("import_too_large");
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void anExportThatFailsMidwayIsNotTakenForAWholeOne() {
    String id =
        http.post("/api/dispatch", Map.of("project", project(), "prompt", "x".repeat(100_000)))
            .text("threadId");
    jdbc.sql(
            """
            insert into thread_engine_state (thread_id, engine, state, version, updated_at)
            values (?, 'codex', '{"type":"of the future"}', 1, now())
            """)
        .param(UUID.fromString(id))
        .update();
    assertThatThrownBy(() -> http.get("/api/threads/" + id + "/export"))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void aLargeBodyIsTakenHereAlone() {
    Answer made = http.post("/api/threads", Map.of("project", project()));
    String document = export(made.text("id")).body().toString();
    String padded = document + " ".repeat(3 * 1024 * 1024);
    assertThat(importing(project(), padded).status()).isEqualTo(201);
    assertThat(http.postText("/api/threads", padded).code()).isEqualTo("payload_too_large");
  }

  @Test
  void peopleReadTheActiveBranchAsMarkdown() {
    String id = richThread();
    String path = "/api/threads/" + id + "/export?format=markdown";
    String text = http.getText(path);
    assertThat(text)
        .startsWith("# Ein Titel / \\<x\\>\n")
        .contains("\n## User, ", "> Fix it\n", "\n## Assistant, ")
        .contains("<summary>Reasoning</summary>\n\n````text\nThink ``` hard </details>\n````\n")
        .contains("`````text\nout\n````\n# no heading\n`````\n")
        .contains("```diff\n+a\n-b\n```\n")
        .contains("> Done. \\<b>\n")
        .contains("- [x] look\n- [ ] fix\n")
        .contains("**allowed** by ada")
        .contains("10 tokens in (2 cached), 3 out, $0.2500")
        .doesNotContain("> No.");
    assertThat(http.get("/api/threads/" + id + "/export?format=pdf").code())
        .isEqualTo("invalid_choice");
    assertThat(http.get("/api/threads/" + UUID.randomUUID() + "/export").code())
        .isEqualTo("unknown_thread");
    assertThat(JsonMapper.shared().readTree(http.getText("/api/threads/" + id + "/export")))
        .isNotEmpty();
  }
}
