package dev.heddle.thread.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CheckpointId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.CheckpointTarget;
import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.RepositoryAction;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.feed.LiveCopy;
import dev.heddle.thread.run.SessionScript;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ResetIT extends ThreadServiceSetting {

  private static final String MACHINE = "w-7";

  private final CheckpointId before = new CheckpointId(UUID.randomUUID());
  private final CheckpointId after = new CheckpointId(UUID.randomUUID());
  private final MessageId answer = new MessageId(UUID.randomUUID());

  @Test
  void aResetGoesToTheMachineThatHasTheFilesAndTheNextTurnGoesOnFromThere() {
    Answer said = ranOnce(0);
    String id = said.text("threadId");

    Answer asked = http.post("/api/threads/" + id + "/checkpoints/" + before + "/reset", Map.of());

    assertThat(asked.status()).isEqualTo(202);
    assertThat(shown(id, "status")).isEqualTo("queued");
    RunRequested request = wire.await(id, RunRequested.class, 2).getLast();
    assertThat(request.sessionId()).hasToString(asked.text("sessionId"));
    assertThat(request.requirements().machine()).isEqualTo(new MachineId(MACHINE));
    assertThat(request.engine().name()).as("no engine that a worker has").isEqualTo("workspace");
    assertThat(request.continuation().purpose()).isEqualTo(RunPurpose.RESET);
    assertThat(request.continuation().after()).isEqualTo(answer);
    assertThat(request.continuation().resetTo())
        .isEqualTo(new CheckpointTarget(before, refOf(before), null));
    assertThat(shown(id, "checkpoint.cursor")).as("not yet").isEqualTo(after.toString());

    finish(restoring(asked, before, null));

    assertThat(shown(id, "checkpoint.cursor")).isEqualTo(before.toString());
    assertThat(shown(id, "checkpoint.latest")).isEqualTo(after.toString());
    assertThat(shown(id, "activeMessageId")).as("before all that was said").isNull();
    assertThat(http.get("/api/threads/" + id + "/messages?branch=all").body().get("items"))
        .as("nothing is deleted, and nothing was said")
        .hasSize(2);
    assertLive(id);
    http.post("/api/threads/" + id + "/messages", Map.of("text", "another way"));
    RunRequested next = wire.await(id, RunRequested.class, 3).getLast();
    assertThat(next.continuation().after()).isNull();
    assertThat(http.get("/api/threads/" + id + "/branches").body().get("items")).hasSize(2);
  }

  @Test
  void aRedoReturnsToTheFilesAndTheBranchOfTheLastCheckpoint() {
    Answer said = ranOnce(0);
    String id = said.text("threadId");
    String redo = "/api/threads/" + id + "/checkpoints/redo";
    assertThat(http.post(redo, Map.of()).code()).isEqualTo("nothing_to_redo");
    Answer reset = http.post("/api/threads/" + id + "/checkpoints/" + before + "/reset", Map.of());
    finish(restoring(reset, before, null));

    Answer asked = http.post(redo, Map.of());

    assertThat(asked.status()).isEqualTo(202);
    assertThat(wire.await(id, RunRequested.class, 3).getLast().continuation().resetTo())
        .isEqualTo(new CheckpointTarget(after, refOf(after), answer));
    finish(restoring(asked, after, answer));
    assertThat(shown(id, "checkpoint.cursor")).isEqualTo(after.toString());
    assertThat(shown(id, "activeMessageId")).isEqualTo(answer.toString());
    assertThat(http.post(redo, Map.of()).code()).isEqualTo("nothing_to_redo");
    assertLive(id);
  }

  @Test
  void whatTheResetKeptFirstIsWhatARedoReturnsTo() {
    Answer said = ranOnce(0);
    String id = said.text("threadId");
    CheckpointId saved = new CheckpointId(UUID.randomUUID());
    Answer reset = http.post("/api/threads/" + id + "/checkpoints/" + before + "/reset", Map.of());
    finish(
        script(reset)
            .answering(MessageId.of(said.text("messageId")))
            .queued()
            .claimed(MACHINE)
            .started("/w", "heddle/x")
            .reportsFact(
                new SessionFact.CheckpointCaptured(
                    saved, after, refOf(saved), answer, CheckpointMoment.AFTER, 1))
            .reportsFact(new SessionFact.CheckpointRestored(before, refOf(before), null, 2))
            .completed());
    assertThat(shown(id, "checkpoint.latest")).isEqualTo(saved.toString());
    assertThat(shown(id, "checkpoint.cursor")).isEqualTo(before.toString());

    http.post("/api/threads/" + id + "/checkpoints/redo", Map.of());

    assertThat(wire.await(id, RunRequested.class, 3).getLast().continuation().resetTo())
        .isEqualTo(new CheckpointTarget(saved, refOf(saved), answer));
  }

  @Test
  void aResetThatFailsLeavesFilesAndConversationWhereTheyWere() {
    Answer said = ranOnce(0);
    String id = said.text("threadId");
    Answer asked = http.post("/api/threads/" + id + "/checkpoints/" + before + "/reset", Map.of());

    finish(
        script(asked)
            .queued()
            .claimed(MACHINE)
            .failed("checkpoint_of_other_path", "the project has moved"));

    assertThat(shown(id, "lastOutcome.code")).isEqualTo("checkpoint_of_other_path");
    assertThat(shown(id, "checkpoint.cursor")).isEqualTo(after.toString());
    assertThat(shown(id, "activeMessageId")).isEqualTo(answer.toString());
    assertThat(http.get("/api/threads/" + id + "/messages").body().get("items")).hasSize(2);
  }

  @Test
  void whatCannotBeResetIsRefused() {
    Answer said = ranOnce(0);
    String checkpoints = "/api/threads/" + said.text("threadId") + "/checkpoints/";
    assertThat(http.post(checkpoints + "x/reset", Map.of()).code()).isEqualTo("invalid_checkpoint");
    assertThat(http.post(checkpoints + UUID.randomUUID() + "/reset", Map.of()).code())
        .isEqualTo("unknown_checkpoint");
    assertThat(http.post(checkpoints + before + "/reset", Map.of()).status()).isEqualTo(202);
    assertThat(http.post(checkpoints + after + "/reset", Map.of()).code()).isEqualTo("thread_busy");
    Answer other = http.post("/api/threads", Map.of("project", project()));
    assertThat(
            http.post(
                    "/api/threads/" + other.text("id") + "/checkpoints/" + before + "/reset",
                    Map.of())
                .code())
        .as("it is of another thread")
        .isEqualTo("unknown_checkpoint");
  }

  @Test
  void commitPushAndPullRequestGoToTheMachineThatHasTheFiles() {
    Answer said = ranOnce(1);
    String id = said.text("threadId");
    String repository = "/api/threads/" + id + "/repository/";
    assertThat(http.post(repository + "commit", Map.of("message", " ")).code())
        .isEqualTo("invalid_commit");
    assertThat(http.post(repository + "pull-request", Map.of("title", "a\nb")).code())
        .isEqualTo("invalid_pull_request");

    Answer asked = http.post(repository + "commit", Map.of("message", "Fix the cart"));

    assertThat(asked.status()).isEqualTo(202);
    RunRequested request = wire.await(id, RunRequested.class, 2).getLast();
    assertThat(request.requirements().machine()).isEqualTo(new MachineId(MACHINE));
    assertThat(request.engine().name()).as("no engine that a worker has").isEqualTo("workspace");
    assertThat(request.continuation())
        .isEqualTo(Continuation.of(new RepositoryAction.Commit("Fix the cart"), answer));
    assertThat(http.post(repository + "push", Map.of()).code()).isEqualTo("thread_busy");
    finish(script(asked).queued().claimed(MACHINE).started("/w", "heddle/x").completed());
    assertThat(shown(id, "activeMessageId")).isEqualTo(answer.toString());

    Answer opened =
        http.post(repository + "pull-request", Map.of("title", "The cart", "draft", true));
    assertThat(wire.await(id, RunRequested.class, 3).getLast().continuation().action())
        .isEqualTo(new RepositoryAction.OpenPullRequest("The cart", null, true, null));
    finish(script(opened).queued().claimed(MACHINE).completed());
    Answer nowhere = http.post("/api/threads", Map.of("project", project()));
    assertThat(
            http.post("/api/threads/" + nowhere.text("id") + "/repository/push", Map.of()).code())
        .isEqualTo("no_workspace");
  }

  @Test
  void whatACheckpointChangedIsShownOnceAMachineHasToldIt() {
    Answer said = ranOnce(1);
    String id = said.text("threadId");
    String diff = "/api/threads/" + id + "/checkpoints/" + after + "/diff";
    assertThat(http.get(diff).code()).isEqualTo("no_diff");
    assertThat(http.get(diff + "?from=" + UUID.randomUUID()).code())
        .isEqualTo("unknown_checkpoint");

    Answer asked = http.post(diff + "?from=base", Map.of());

    assertThat(wire.await(id, RunRequested.class, 2).getLast().continuation().action())
        .isEqualTo(new RepositoryAction.Compare(after, null));
    SessionFact told =
        new SessionFact.CheckpointCompared(
            after,
            null,
            1,
            List.of(new SessionFact.FileChange("a.txt", "M", 1, 2)),
            "diff \0--git",
            true);
    finish(
        script(asked)
            .queued()
            .claimed(MACHINE)
            .started("/w", "heddle/x")
            .reportsFact(told)
            .reportsFact(told)
            .completed());
    Answer shown = http.get(diff + "?from=base");
    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.text("files.0.path")).isEqualTo("a.txt");
    assertThat(shown.text("files.0.deletions")).isEqualTo("2");
    assertThat(shown.text("patch")).startsWith("diff ").endsWith("--git");
    assertThat(shown.text("truncated")).isEqualTo("true");
    assertThat(http.get(diff + "?from=" + before).code()).as("another one").isEqualTo("no_diff");
  }

  /** Line 16 of the checklist. */
  @Test
  void switchingBranchesWithChangesOffersStashOrCarry() {
    Answer said = ranOnce(3);
    String id = said.text("threadId");
    String branch = "/api/threads/" + id + "/branches/active";
    Answer edited =
        http.post(
            "/api/threads/" + id + "/messages/" + said.text("messageId") + "/edit",
            Map.of("text", "otherwise"));
    CheckpointId there = new CheckpointId(UUID.randomUUID());
    MessageId otherAnswer = new MessageId(UUID.randomUUID());
    finish(
        script(edited)
            .answering(MessageId.of(edited.text("messageId")))
            .queued()
            .claimed(MACHINE)
            .started("/w", "heddle/x")
            .says(otherAnswer, "done otherwise")
            .reportsFact(captured(there, after, CheckpointMoment.AFTER))
            .reports("heddle/x", "/w", "abc", 4)
            .completed());

    Answer refused = http.put(branch, Map.of("messageId", answer.toString()));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo("uncommitted_changes");
    assertThat(refused.text("changedFiles")).isEqualTo("4");
    assertThat(shown(id, "activeMessageId")).isEqualTo(otherAnswer.toString());
    assertThat(http.put(branch, Map.of("messageId", answer.toString(), "changes", "drop")).code())
        .isEqualTo("invalid_choice");

    Answer carried = http.put(branch, Map.of("messageId", answer.toString(), "changes", "carry"));
    assertThat(carried.status()).isEqualTo(200);
    assertThat(carried.text("messageId")).isEqualTo(answer.toString());
    assertThat(carried.text("sessionId")).as("the files stay").isNull();
    assertThat(shown(id, "status")).isEqualTo("idle");

    http.patch(branch, "{\"messageId\":\"%s\",\"changes\":\"carry\"}".formatted(otherAnswer));
    Answer stashed = http.put(branch, Map.of("messageId", answer.toString(), "changes", "stash"));
    assertThat(stashed.status()).isEqualTo(200);
    assertThat(shown(id, "activeMessageId")).isEqualTo(answer.toString());
    RunRequested request = wire.await(id, RunRequested.class, 3).getLast();
    assertThat(request.sessionId()).hasToString(stashed.text("sessionId"));
    assertThat(request.continuation().resetTo())
        .isEqualTo(new CheckpointTarget(after, refOf(after), answer));
    assertThat(request.continuation().after())
        .as("what is kept first belongs there")
        .isEqualTo(otherAnswer);
    assertThat(
            http.put(branch, Map.of("messageId", otherAnswer.toString(), "changes", "stash"))
                .code())
        .isEqualTo("thread_busy");
    finish(
        new SessionScript(ThreadId.of(id), SessionId.of(stashed.text("sessionId")))
            .queued()
            .claimed(MACHINE)
            .started("/w", "heddle/x")
            .reportsFact(new SessionFact.CheckpointRestored(after, refOf(after), answer, 2))
            .completed());
    assertThat(shown(id, "activeMessageId")).isEqualTo(answer.toString());
    assertThat(shown(id, "checkpoint.cursor")).isEqualTo(after.toString());
    assertLive(id);
  }

  @Test
  void aStashNeedsACheckpointOfTheBranchAndACleanWorkspaceNeedsNoWord() {
    Answer said = http.post("/api/dispatch", Map.of("project", repositoryProject(), "prompt", "x"));
    String id = said.text("threadId");
    String branch = "/api/threads/" + id + "/branches/active";
    finish(
        script(said)
            .queued()
            .claimed(MACHINE)
            .started("/w", "heddle/x")
            .says(answer, "a")
            .reports("heddle/x", "/w", "abc", 0)
            .completed());
    Answer edited =
        http.post(
            "/api/threads/" + id + "/messages/" + said.text("messageId") + "/edit",
            Map.of("text", "otherwise"));
    finish(script(edited).queued().claimed(MACHINE).completed());

    assertThat(http.put(branch, Map.of("messageId", answer.toString(), "changes", "stash")).code())
        .isEqualTo("no_checkpoint");
    assertThat(http.put(branch, Map.of("messageId", answer.toString())).status()).isEqualTo(200);
  }

  /** A thread whose one run had a checkpoint before and after it. */
  private Answer ranOnce(int changedFiles) {
    Answer said = http.post("/api/dispatch", Map.of("project", repositoryProject(), "prompt", "x"));
    finish(
        script(said)
            .answering(MessageId.of(said.text("messageId")))
            .queued()
            .claimed(MACHINE)
            .reportsFact(captured(before, null, CheckpointMoment.BEFORE))
            .started("/w", "heddle/x")
            .says(answer, "done")
            .reportsFact(captured(after, before, CheckpointMoment.AFTER))
            .reports("heddle/x", "/w", "abc", changedFiles)
            .completed());
    return said;
  }

  private static SessionScript restoring(Answer asked, CheckpointId id, MessageId standAt) {
    return script(asked)
        .queued()
        .claimed(MACHINE)
        .started("/w", "heddle/x")
        .reportsFact(new SessionFact.CheckpointRestored(id, refOf(id), standAt, 1))
        .completed();
  }

  private void finish(SessionScript script) {
    publish(script.changes());
    String thread = script.last().threadId().toString();
    await().until(() -> "idle".equals(shown(thread, "status")));
  }

  private String shown(String thread, String field) {
    return http.get("/api/threads/" + thread).text(field);
  }

  /** Whoever only hears the feed sees the same. */
  private void assertLive(String thread) {
    Answer shown = http.get("/api/threads/" + thread);
    int told = Integer.parseInt(shown.text("feedVersion"));
    LiveCopy.of(wire.await(thread, ThreadChanged.class, told)).mustBe(shown);
  }

  private String repositoryProject() {
    String name = fresh("shop");
    http.post("/api/projects", Map.of("name", name, "repository", "https://git.example/shop.git"));
    return name;
  }

  private static SessionFact captured(CheckpointId id, CheckpointId parent, CheckpointMoment at) {
    return new SessionFact.CheckpointCaptured(id, parent, refOf(id), null, at, 1);
  }

  private static String refOf(CheckpointId id) {
    return "refs/heddle/checkpoints/t/" + id;
  }

  private static SessionScript script(Answer said) {
    return new SessionScript(
        ThreadId.of(said.text("threadId")), SessionId.of(said.text("sessionId")));
  }
}
