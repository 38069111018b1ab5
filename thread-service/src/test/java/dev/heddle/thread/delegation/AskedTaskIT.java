package dev.heddle.thread.delegation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CommandOutcome.Result;
import dev.heddle.contracts.DelegationId;
import dev.heddle.contracts.DelegationReply;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact.DelegationRequested;
import dev.heddle.contracts.SessionFact.DelegationSettled;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.DelegationAnswered;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.TurnScripts;
import dev.heddle.thread.run.SessionScript;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What engines delegate by themselves, and what they are told of it. */
class AskedTaskIT extends ThreadServiceSetting {

  private String project;
  private String parent;
  private SessionScript run;

  @BeforeEach
  void aBusyThread() {
    project = project();
    begin(Map.of());
  }

  private void begin(Map<String, Object> more) {
    Map<String, Object> request = new HashMap<>(more);
    request.putAll(Map.of("project", project, "prompt", "one", "engine", "codex", "model", "m1"));
    Answer dispatched = http.post("/api/dispatch", request);
    assertThat(dispatched.status()).isEqualTo(202);
    parent = dispatched.text("threadId");
    run = TurnScripts.running(dispatched).running("codex");
    publish(run.changes());
    await().until(() -> "running".equals(view(parent).text("status")));
  }

  @Test
  void aTaskBecomesAThreadForTheSamePersonAndItsResultComesAsAMessage() {
    DelegationRequested asked = asks(task("tests", false));

    DelegationAnswered told = replies(1).getFirst();
    assertThat(told.sessionId()).isEqualTo(run.last().sessionId());
    assertThat(told.attempt()).isEqualTo(1);
    assertThat(told.reply().delegationId()).isEqualTo(asked.delegationId());
    assertThat(told.reply().result()).isNull();
    String child = child();
    assertThat(told.reply().child()).hasToString(child);
    RunRequested began = wire.await(child, RunRequested.class, 1).getFirst();
    assertThat(began.prompt()).isEqualTo("do tests");
    assertThat(began.engine().name()).isEqualTo("codex");
    assertThat(began.engine().model()).isEqualTo("m1");
    assertThat(began.engine().permission()).isEqualTo(PermissionPosture.ASK);
    assertThat(began.requestedBy()).as("the person of the run").isEqualTo("local");
    heard(told, Result.ACCEPTED);

    publish(ended(began, "all pass"));
    await().until(() -> "1".equals(view(parent).text("followUps")));
    publish(run.completed().changes());
    assertThat(wire.await(parent, RunRequested.class, 2).get(1).prompt())
        .isEqualTo("Result of tests: completed\n\nall pass");
  }

  @Test
  void whoWaitsIsToldTheResultAndNobodyElseIs() {
    DelegationRequested asked = asks(task("tests", true));
    await().until(() -> children().size() == 1);
    RunRequested began = wire.await(child(), RunRequested.class, 1).getFirst();
    assertThat(replies(0)).as("nothing to tell yet").isEmpty();

    publish(ended(began, "all pass"));

    DelegationAnswered told = replies(1).getFirst();
    assertThat(told.reply().delegationId()).isEqualTo(asked.delegationId());
    assertThat(told.reply().result().status()).isEqualTo(SessionStatus.COMPLETED);
    assertThat(told.reply().result().summary()).isEqualTo("all pass");
    heard(told, Result.ACCEPTED);
    publish(run.reportsFact(new DelegationSettled(asked.delegationId())).changes());
    publish(run.completed().changes());
    awaitIdle(parent);
    assertThat(wire.now(parent, RunRequested.class)).as("said once").hasSize(1);
  }

  /** The run that waited ended, or its machine was lost, before it heard. */
  @Test
  void aResultThatWasNotHeardIsSaidToTheThread() {
    asks(task("tests", true));
    await().until(() -> children().size() == 1);
    publish(ended(wire.await(child(), RunRequested.class, 1).getFirst(), "all pass"));
    DelegationAnswered told = replies(1).getFirst();

    heard(told, Result.REJECTED);
    heard(told, Result.REJECTED);

    await().until(() -> "1".equals(view(parent).text("followUps")));
    publish(run.completed().changes());
    assertThat(wire.await(parent, RunRequested.class, 2).get(1).prompt())
        .isEqualTo("Result of tests: completed\n\nall pass");
  }

  @Test
  void aResultThatSeveralDidNotHearIsSaidOnce() {
    asks(task("tests", true));
    asks(task("tests", true));
    await().until(() -> children().size() == 1);
    publish(ended(wire.await(child(), RunRequested.class, 1).getFirst(), "all pass"));

    replies(2).forEach(told -> heard(told, Result.REJECTED));

    publish(run.completed().changes());
    assertThat(wire.await(parent, RunRequested.class, 2).get(1).prompt())
        .isEqualTo("Result of tests: completed\n\nall pass");
    assertThat(view(parent).text("followUps")).isEqualTo("0");
  }

  @Test
  void aResultThatNobodyWaitsForAnyMoreIsSaidToTheThread() {
    DelegationRequested asked = asks(task("tests", true));
    await().until(() -> children().size() == 1);
    publish(run.reportsFact(new DelegationSettled(asked.delegationId())).changes());
    await()
        .until(() ->
            count("select count(*) from delegation_request where state = 'DONE' and not waits")
                > 0);

    publish(ended(wire.await(child(), RunRequested.class, 1).getFirst(), "all pass"));

    await().until(() -> "1".equals(view(parent).text("followUps")));
    assertThat(replies(0)).isEmpty();
  }

  @Test
  void aRepeatedFactAndTheSameTaskUnderTheSameKeyMakeOneThread() {
    DelegationRequested first = asks(task("tests", false));
    replies(1);
    publish(run.changes());
    publish(run.changes());
    // The same id under a version of its own, as no worker would send it.
    asks(first);
    DelegationRequested again = asks(task("tests", true));
    publish(ended(wire.await(child(), RunRequested.class, 1).getFirst(), "all pass"));

    List<DelegationAnswered> told = replies(2);
    assertThat(told).hasSize(2);
    assertThat(told.get(1).reply().delegationId()).isEqualTo(again.delegationId());
    assertThat(told.get(1).reply().child()).isEqualTo(told.get(0).reply().child());
    assertThat(told.get(1).reply().result().summary()).isEqualTo("all pass");
    assertThat(children()).hasSize(1);

    // Done by now, it is told at once.
    asks(task("tests", true));
    assertThat(replies(3).get(2).reply().result().summary()).isEqualTo("all pass");
    asks(new DelegationRequested(id(), "tests", "something else", null, null, false));
    assertThat(refusal(4).code()).isEqualTo("delegation_key_taken");
  }

  @Test
  void whatMayNotBeIsRefusedWithItsCodeAndLeavesNothingBehind() {
    Map<String, Long> before = rows();
    asks(new DelegationRequested(id(), "no key", "do it", null, null, true));
    assertThat(refusal(1).code()).isEqualTo("invalid_key");
    asks(new DelegationRequested(id(), "k", "do it", "No Engine", null, false));
    assertThat(refusal(2).code()).isEqualTo("invalid_engine");
    asks(new DelegationRequested(id(), "k", " ", null, null, false));
    assertThat(refusal(3).code()).isEqualTo("empty_prompt");
    asks(new DelegationRequested(id(), "k", "nul \u0000", "command", null, false));
    assertThat(refusal(4).code()).isEqualTo("delegation_not_permitted");
    assertThat(refusal(4).message()).contains("permission full");
    assertThat(children()).isEmpty();
    assertThat(rows().get("thread")).isEqualTo(before.get("thread"));
    assertThat(rows().get("message")).isEqualTo(before.get("message"));
  }

  @Test
  void aLineAndANumberOfChildrenHaveTheirLimits() {
    for (int i = 1; i <= 16; i++) {
      asks(task("task-" + i, false));
    }
    replies(16);
    asks(task("task-17", false));
    assertThat(refusal(17).code()).isEqualTo("delegation_too_many");

    String thread = parent;
    for (int depth = 1; depth <= 3; depth++) {
      List<JsonNode> children = items(http.get("/api/threads/" + thread + "/children"));
      RunRequested began =
          wire.await(children.getFirst().get("threadId").asString(), RunRequested.class, 1)
              .getFirst();
      parent = began.threadId().toString();
      run = TurnScripts.running(began).running("codex");
      asks(task("deeper", false));
      DelegationReply reply = replies(1).getFirst().reply();
      if (depth == 3) {
        assertThat(reply.refusal().code()).isEqualTo("delegation_too_deep");
      } else {
        assertThat(reply.refusal()).isNull();
      }
      thread = parent;
    }
  }

  @Test
  void onlyARunThatMayDoEverythingDelegatesToAnEngineThatAsksForNothing() {
    begin(Map.of("permission", "full"));
    asks(new DelegationRequested(id(), "k", "make", "command", null, false));
    assertThat(replies(1).getFirst().reply().refusal()).isNull();
    assertThat(wire.await(child(), RunRequested.class, 1).getFirst().engine().name())
        .isEqualTo("command");
  }

  /** What a thread is set to meanwhile is of its next turn, and not of what this run begins. */
  @Test
  void aChildMayDoNoMoreThanTheRunThatDelegates() {
    Answer now = view(parent);
    assertThat(
            http.patch(
                    "/api/threads/" + parent,
                    "{\"permission\": \"full\"}",
                    "If-Match",
                    now.header("ETag").orElseThrow())
                .status())
        .isEqualTo(200);
    asks(task("tests", false));
    replies(1);
    assertThat(wire.await(child(), RunRequested.class, 1).getFirst().engine().permission())
        .isEqualTo(PermissionPosture.ASK);
  }

  @Test
  void aRunThatIsBeingStoppedDelegatesNothingAndOneBeforeTakesItsTaskAlong() {
    asks(task("tests", true));
    await().until(() -> children().size() == 1);
    String child = child();
    RunRequested began = wire.await(child, RunRequested.class, 1).getFirst();
    publish(TurnScripts.running(began).changes());
    publish(run.stopping().changes());
    wire.await(child, CancelRequested.class, 1);

    asks(task("late", false));
    await()
        .until(() ->
            count("select count(*) from delegation_request where key = 'late' and state = 'DONE'")
                == 1);
    assertThat(children()).hasSize(1);
  }

  @Test
  void aFactOfAnAttemptOrASessionThatIsOverIsIgnored() {
    DelegationId lost = left("tests", 2);
    await()
        .until(() ->
            count(
                    "select count(*) from delegation_request where id = '%s' and state = 'DONE'"
                        .formatted(lost))
                == 1);
    SessionScript stranger =
        new SessionScript(ThreadId.of(parent), new SessionId(UUID.randomUUID()))
            .queued()
            .claimed("worker-3")
            .started("/w", null)
            .reportsFact(task("theirs", false));
    publish(stranger.changes());
    asks(task("own", false));
    replies(1);
    assertThat(children()).extracting(one -> one.get("key").asString()).containsExactly("own");
  }

  /** As a kill of the service leaves it between what it heard and what it did. */
  @Test
  void whatACrashHasLeftUndoneIsDone() {
    DelegationId left = left("tests", 1);
    assertThat(replies(1).getFirst().reply().delegationId()).isEqualTo(left);
    assertThat(child()).isNotEmpty();
  }

  /** A task that was heard of and not taken up. */
  private DelegationId left(String key, int attempt) {
    DelegationId id = id();
    jdbc.sql(
            """
            insert into delegation_request (id, thread_id, session_id, attempt, key, prompt, engine,
              waits, requested_by, state, created_at)
            values (?, ?, ?, ?, ?, 'do it', 'codex', false, 'ada', 'ASKED', now())
            """)
        .params(id.value(), UUID.fromString(parent), run.last().sessionId().value(), attempt, key)
        .update();
    return id;
  }

  private DelegationRequested asks(DelegationRequested asked) {
    publish(run.reportsFact(asked).changes());
    return asked;
  }

  private static DelegationRequested task(String key, boolean waits) {
    return new DelegationRequested(id(), key, "do " + key, null, null, waits);
  }

  private static DelegationId id() {
    return new DelegationId(UUID.randomUUID());
  }

  /** session-service tells how the command ended. */
  private void heard(DelegationAnswered told, Result result) {
    publish(run.outcome(told.commandId(), result, null));
  }

  private static List<SessionChanged> ended(RunRequested asked, String said) {
    SessionScript work = TurnScripts.running(asked);
    TurnScripts.answers(work, said, 1, 1, null);
    return work.completed().changes();
  }

  private List<DelegationAnswered> replies(int atLeast) {
    return wire.await(parent, DelegationAnswered.class, atLeast).stream()
        .filter(told -> told.sessionId().equals(run.last().sessionId()))
        .toList();
  }

  private DelegationReply.Refusal refusal(int number) {
    DelegationReply reply = replies(number).get(number - 1).reply();
    assertThat(reply.child()).isNull();
    return reply.refusal();
  }

  private String child() {
    return children().getFirst().get("threadId").asString();
  }

  private List<JsonNode> children() {
    return items(http.get("/api/threads/" + parent + "/children"));
  }

  private Answer view(String thread) {
    return http.get("/api/threads/" + thread);
  }

  private void awaitIdle(String thread) {
    await().until(() -> "idle".equals(view(thread).text("status")));
  }

  private static List<JsonNode> items(Answer page) {
    assertThat(page.status()).isEqualTo(200);
    return StreamSupport.stream(page.body().get("items").spliterator(), false).toList();
  }
}
