package dev.heddle.thread.followup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.CancelRequested;
import dev.heddle.contracts.SessionRequest.InputRequested;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class FollowUpIT extends ThreadServiceSetting {

  private String thread;
  private SessionScript first;

  @BeforeEach
  void aBusyThread() {
    Answer dispatched = http.post("/api/dispatch", Map.of("project", project(), "prompt", "one"));
    thread = dispatched.text("threadId");
    first = script(dispatched.text("sessionId")).queued();
  }

  @Test
  void whatIsSaidToABusyThreadWaitsInOrderAndIsSentOnceWhenTheRunCompletes() {
    Answer two = say("two");
    assertThat(two.status()).isEqualTo(202);
    assertThat(two.text("disposition")).isEqualTo("queued");
    assertThat(two.text("sessionId")).isNull();
    assertThat(two.text("messageId")).isNull();
    assertThat(two.header("Location")).contains("/api/threads/" + thread);
    Answer three =
        http.post(
            "/api/dispatch", Map.of("thread", thread, "prompt", "three", "priority", "urgent"));
    assertThat(three.text("disposition")).isEqualTo("queued");
    assertThat(queue("text")).containsExactly("two", "three");
    assertThat(queue("id")).containsExactly(two.text("followUpId"), three.text("followUpId"));
    assertThat(queue("place")).containsExactly("1", "2");
    assertThat(thread().text("followUps")).isEqualTo("2");
    assertThat(thread().text("held")).isNull();

    // As a relay does that is killed between send and delete, and then some.
    first.claimed("worker-1").started("/w", null).completed();
    publish(first.changes());
    publish(first.changes());
    RunRequested second = awaitRun(2);
    publish(first.changes());
    assertThat(second.prompt()).isEqualTo("two");
    assertThat(second.requestedBy()).isEqualTo("ada");
    assertThat(followUp(two).text("status")).isEqualTo("sending");
    assertThat(followUp(two).text("sessionId")).isEqualTo(second.sessionId().toString());
    assertThat(followUp(two).text("messageId")).isEqualTo(second.messageId().toString());
    SessionScript next = script(second).queued().claimed("worker-1").started("/w", null);
    publish(next.changes());
    awaitStatus(two, "sent");
    publish(next.completed().changes());
    RunRequested third = awaitRun(3);
    assertThat(third.prompt()).isEqualTo("three");
    assertThat(third.priority().wire()).isEqualTo("urgent");
    publish(script(third).queued().claimed("worker-1").completed().changes());
    awaitIdle();
    assertThat(wire.now(thread, RunRequested.class)).hasSize(3);
    assertThat(messages("text")).containsExactly("one", "two", "three");
    assertThat(
            wire.await(thread, TraceEvent.class, 3).stream()
                .map(event -> ((TraceBody.Message) event.body()).text()))
        .containsExactly("one", "two", "three");
    assertThat(thread().text("followUps")).isEqualTo("0");
  }

  @Test
  void aFollowUpKeepsItsOwnSettingsAndLeavesThemToTheThread() {
    http.post(
        "/api/threads/" + thread + "/messages",
        Map.of("text", "two", "engine", "codex", "mode", "plan", "model", "m1"));
    assertThat(thread().text("engine")).as("of the turn before").isEqualTo("command");
    http.patch("/api/threads/" + thread, "{\"placement\":{\"pool\":\"gpu\"}}");
    say("three");
    complete(first);
    RunRequested second = awaitRun(2);
    assertThat(second.engine().name()).isEqualTo("codex");
    assertThat(second.engine().mode()).isEqualTo("plan");
    assertThat(second.requirements().pool()).as("as the thread says").isEqualTo("gpu");
    assertThat(thread().text("engine")).isEqualTo("codex");
    complete(script(second).queued());
    RunRequested third = awaitRun(3);
    assertThat(third.engine().name()).isEqualTo("codex");
    assertThat(third.engine().model()).isEqualTo("m1");
  }

  @Test
  void aFollowUpRunsUnderTheTraceOfItsOwnRequest() {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    http.post(
        "/api/threads/" + thread + "/messages",
        Map.of("text", "two"),
        "traceparent",
        "00-" + trace + "-b7ad6b7169203331-01");
    complete(first);
    awaitRun(2);
    assertThat(wire.traces(thread, RunRequested.class).get(1)).hasToString(trace);
  }

  @Test
  void anInterruptionComesFirstAndStopsTheRun() {
    say("two");
    Answer urgent = say("now!", "interrupt");
    assertThat(urgent.text("disposition")).isEqualTo("interrupting");
    assertThat(urgent.text("sessionId")).isNull();
    assertThat(queue("text")).containsExactly("now!", "two");
    assertThat(thread().text("status")).isEqualTo("stopping");
    assertThat(say("and now!", "interrupt").text("disposition")).isEqualTo("interrupting");
    List<CancelRequested> cancels = wire.await(thread, CancelRequested.class, 1);
    assertThat(cancels).hasSize(1);
    assertThat(cancels.getFirst().sessionId()).isEqualTo(first.last().sessionId());
    publish(first.cancelled().changes());
    assertThat(awaitRun(2).prompt()).isEqualTo("and now!");
    assertThat(queue("text")).containsExactly("now!", "two");
  }

  @Test
  void anInterruptionRunsNextThoughTheRunFailsFirst() {
    say("now!", "interrupt");
    publish(first.claimed("worker-1").failed("workspace_failed", "no such branch").changes());
    assertThat(awaitRun(2).prompt()).isEqualTo("now!");
    assertThat(messages("text")).containsExactly("one", "no such branch", "now!");
  }

  @Test
  void whoStopsTheRunHimselfGetsTheNext() {
    say("two");
    publish(
        first.claimed("worker-1").started("/w", null).stopping().cancelledBy("grace").changes());
    assertThat(awaitRun(2).prompt()).isEqualTo("two");
  }

  @Test
  void aSteeredMessageJoinsTheTurnWhereTheEngineCanAndElseComesNext() {
    say("two");
    assertThat(say("before the engine runs", "steer").text("disposition")).isEqualTo("queued");
    publish(first.claimed("worker-1").startedTakingInput().changes());
    awaitThread("running");
    Answer taken = say("left, not right", "steer");
    assertThat(taken.text("disposition")).isEqualTo("steered");
    assertThat(taken.text("sessionId")).isEqualTo(first.last().sessionId().toString());
    assertThat(taken.text("followUpId")).isNull();
    assertThat(wire.await(thread, InputRequested.class, 1).getFirst().text())
        .isEqualTo("left, not right");
    assertThat(messages("id")).contains(taken.text("messageId"));
    publish(first.says(new MessageId(UUID.randomUUID()), "turned left").changes());
    await().until(() -> messages("text").contains("turned left"));
    assertThat(messages("text"))
        .as("the answer goes behind what joined the run")
        .containsExactly("one", "left, not right", "turned left");
    assertThat(wire.await(thread, TraceEvent.class, 2)).hasSize(2);
    assertThat(queue("text")).containsExactly("before the engine runs", "two");
  }

  /** Something said to the engine that runs; the command that brings it there. */
  private CommandId steered(String text) {
    int before = wire.now(thread, InputRequested.class).size();
    assertThat(say(text, "steer").text("disposition")).isEqualTo("steered");
    return wire.await(thread, InputRequested.class, before + 1).getLast().commandId();
  }

  private String statusOf(String text) {
    return messages("status").get(messages("text").indexOf(text));
  }

  @Test
  void aSteeredMessageThatIsNotTakenIsTheNextFollowUpOnce() {
    say("two");
    publish(first.claimed("worker-1").startedTakingInput().changes());
    awaitThread("running");
    CommandId command = steered("left, not right");
    SessionChanged refused = first.outcome(command, CommandOutcome.Result.REJECTED, "busy");
    publish(refused);
    await().until(() -> queue("text").equals(List.of("left, not right", "two")));
    assertThat(statusOf("left, not right")).isEqualTo("failed");
    assertThat(thread().text("followUps")).isEqualTo("2");
    await()
        .untilAsserted(() ->
            assertThat(wire.now(thread, ThreadChanged.class))
                .filteredOn(told -> told.changes().contains(new ThreadChange.FollowUps(2, null)))
                .hasSize(1));

    // As session-service tells it again after a restart on either side.
    publish(refused);
    publish(first.outcome(command, CommandOutcome.Result.EXPIRED, "the run is over"));
    complete(first);
    RunRequested second = awaitRun(2);
    assertThat(second.prompt()).isEqualTo("left, not right");
    assertThat(queue("text")).containsExactly("two");
    complete(script(second).queued());
    assertThat(awaitRun(3).prompt()).isEqualTo("two");
    assertThat(messages("text").stream().filter("left, not right"::equals)).hasSize(2);
  }

  @Test
  void whatIsTakenDoesNotComeBack() {
    publish(first.claimed("worker-1").startedTakingInput().changes());
    awaitThread("running");
    CommandId command = steered("left");
    publish(first.outcome(command, CommandOutcome.Result.ACCEPTED, null));
    publish(first.outcome(command, CommandOutcome.Result.REJECTED, "late"));
    complete(first);
    awaitIdle();
    assertThat(statusOf("left")).isEqualTo("completed");
    assertThat(wire.now(thread, RunRequested.class)).hasSize(1);
    assertThat(thread().text("followUps")).isEqualTo("0");
  }

  @Test
  void whatARunDidNotTakeIsAnsweredAtOnceWhereTheRunIsOver() {
    publish(first.claimed("worker-1").startedTakingInput().changes());
    awaitThread("running");
    CommandId command = steered("left");
    publish(first.completed().last());
    publish(first.outcome(command, CommandOutcome.Result.EXPIRED, "the run is over"));
    assertThat(awaitRun(2).prompt()).isEqualTo("left");
  }

  @Test
  void whatAFailedRunDidNotTakeIsHeld() {
    publish(first.claimed("worker-1").startedTakingInput().changes());
    awaitThread("running");
    CommandId command = steered("left");
    publish(first.failed("engine_failed", "out of memory").last());
    publish(first.outcome(command, CommandOutcome.Result.EXPIRED, "the run is over"));
    await().until(() -> queue("text").equals(List.of("left")));
    assertThat(thread().text("status")).isEqualTo("idle");
    assertThat(thread().text("held.cause")).isEqualTo("run_failed");
    assertThat(thread().text("held.reason")).isEqualTo("the last run failed: out of memory");
    assertThat(http.post("/api/threads/" + thread + "/follow-ups/resume", Map.of()).status())
        .isEqualTo(200);
    assertThat(awaitRun(2).prompt()).isEqualTo("left");
  }

  @Test
  void aFailureHoldsTheQueueWithItsReasonUntilAnotherRunIsOver() {
    say("two");
    fail(first, "out of memory");
    awaitIdle();
    assertThat(thread().text("held.cause")).isEqualTo("run_failed");
    assertThat(thread().text("held.reason")).isEqualTo("the last run failed: out of memory");
    assertThat(list().text("held.cause")).isEqualTo("run_failed");
    Answer added = add("three");
    assertThat(added.status()).isEqualTo(201);
    assertThat(added.text("status")).as("behind what is held").isEqualTo("queued");
    Answer between = say("between");
    assertThat(between.text("disposition")).as("an idle thread answers").isEqualTo("started");
    assertThat(thread().text("held")).isNull();
    complete(script(between.text("sessionId")).queued());
    assertThat(awaitRun(3).prompt()).isEqualTo("two");
    assertThat(queue("text")).containsExactly("three");
  }

  @Test
  void aHeldQueueIsResumedByAPersonOnce() {
    say("two");
    say("three");
    fail(first, "out of memory");
    awaitIdle();
    Answer resumed = http.postText(followUps() + "/resume", "");
    assertThat(resumed.status()).isEqualTo(200);
    assertThat(resumed.text("held")).isNull();
    assertThat(resumed.text("items.0.text")).isEqualTo("three");
    http.postText(followUps() + "/resume", "");
    RunRequested second = awaitRun(2);
    assertThat(second.prompt()).isEqualTo("two");
    complete(script(second).queued());
    assertThat(awaitRun(3).prompt()).isEqualTo("three");
    assertThat(wire.now(thread, RunRequested.class)).hasSize(3);
  }

  @Test
  void aFollowUpThatCouldNotBeStartedIsPutBackOnceAndSaysSo() {
    Answer two = say("two");
    say("three");
    complete(first);
    SessionScript second = script(awaitRun(2)).queued().claimed("worker-1");
    second.failed("workspace_failed", "no such branch");
    publish(second.changes());
    publish(second.changes());
    awaitIdle();
    assertThat(queue("text")).containsExactly("two", "three");
    assertThat(followUp(two).text("status")).isEqualTo("queued");
    assertThat(followUp(two).text("returns")).isEqualTo("1");
    assertThat(thread().text("held.cause")).isEqualTo("start_failed");
    assertThat(thread().text("held.reason"))
        .isEqualTo("the follow-up could not be started: no such branch");
    assertThat(messages("text")).containsExactly("one", "done", "two", "no such branch");
    assertThat(messages("status")).containsExactly("completed", "completed", "failed", "failed");

    http.postText(followUps() + "/resume", "");
    RunRequested again = awaitRun(3);
    assertThat(again.prompt()).isEqualTo("two");
    fail(script(again).queued(), "still no such branch");
    awaitIdle();
    assertThat(queue("text")).as("not twice").containsExactly("three");
    assertThat(followUp(two).text("status")).isEqualTo("sent");
    assertThat(thread().text("held.cause")).isEqualTo("run_failed");
    assertThat(messages("text"))
        .containsExactly("one", "done", "two", "no such branch", "two", "still no such branch");
  }

  @Test
  void aRetryOfTheRunThatCouldNotBeStartedIsTheSameFollowUp() {
    Answer two = say("two");
    complete(first);
    RunRequested asked = awaitRun(2);
    fail(script(asked).queued(), "no such branch");
    awaitIdle();
    assertThat(messages("status").get(2)).isEqualTo("failed");
    SessionScript retry =
        script(UUID.randomUUID().toString()).answering(asked.messageId()).queued();
    publish(retry.changes());
    awaitThread("queued");
    assertThat(queue("text")).isEmpty();
    assertThat(followUp(two).text("status")).isEqualTo("sending");
    assertThat(followUp(two).text("sessionId")).isEqualTo(retry.last().sessionId().toString());
    assertThat(messages("status").get(2)).isEqualTo("completed");
    complete(retry);
    awaitIdle();
    assertThat(followUp(two).text("status")).isEqualTo("sent");
    assertThat(wire.now(thread, RunRequested.class)).hasSize(2);
  }

  @Test
  void anArchivedThreadHoldsItsQueueUntilItIsNotArchived() {
    Answer two = say("two");
    http.patch("/api/threads/" + thread, "{\"archived\":true}");
    assertThat(list().text("held.cause")).isEqualTo("archived");
    publish(first.cancelled().changes());
    awaitIdle();
    assertThat(thread().text("held.cause")).isEqualTo("archived");
    Map<String, Long> before = rows();
    assertRefused(add("x"), 409, "thread_archived");
    assertRefused(http.postText(followUps() + "/resume", ""), 409, "thread_archived");
    assertRefused(send(two), 409, "thread_archived");
    assertThat(rows()).isEqualTo(before);
    Answer back = http.patch("/api/threads/" + thread, "{\"archived\":false}");
    assertThat(back.text("status")).isEqualTo("queued");
    assertThat(awaitRun(2).prompt()).isEqualTo("two");
  }

  @Test
  void aFailureStaysAReasonWhenTheThreadIsNoLongerArchived() {
    say("two");
    fail(first, "out of memory");
    awaitIdle();
    http.patch("/api/threads/" + thread, "{\"archived\":true}");
    Answer back = http.patch("/api/threads/" + thread, "{\"archived\":false}");
    assertThat(back.text("held.cause")).isEqualTo("run_failed");
  }

  @Test
  void whatCannotBeSentAsItIsHoldsTheQueueAndCanBeMended() {
    String id = add("two", Map.of("command", List.of("make"))).text("id");
    http.patch("/api/threads/" + thread, "{\"engine\":\"codex\"}");
    complete(first);
    awaitIdle();
    assertThat(thread().text("held.cause")).isEqualTo("refused");
    assertThat(thread().text("held.reason")).contains("command is a setting of the engine");
    Map<String, Long> before = rows();
    assertRefused(http.postText(followUps() + "/resume", ""), 400, "invalid_command");
    assertThat(rows()).isEqualTo(before);
    http.patch(followUps() + "/" + id, "{\"command\":null}");
    assertThat(http.postText(followUps() + "/resume", "").status()).isEqualTo(200);
    assertThat(awaitRun(2).engine().name()).isEqualTo("codex");
  }

  @Test
  void followUpsAreEditedMovedAndRemovedWhileTheyWait() {
    Answer two = add("two");
    assertThat(two.header("Location")).contains(followUps() + "/" + two.text("id"));
    Answer three = add("three");
    Answer four = add("four");
    String etag = two.header("ETag").orElseThrow();
    Answer edited =
        patch(two, "{\"text\":\"TWO\",\"engine\":\"claude\",\"priority\":\"background\"}", etag);
    assertThat(edited.status()).isEqualTo(200);
    assertThat(edited.text("text")).isEqualTo("TWO");
    assertThat(edited.text("engine")).isEqualTo("claude");
    assertThat(edited.text("priority")).isEqualTo("background");
    Answer stale = patch(two, "{\"text\":\"late\"}", etag);
    assertRefused(stale, 412, "stale_version");
    assertThat(stale.text("current.text")).isEqualTo("TWO");
    Answer moved = patch(four, "{\"place\":1}", four.header("ETag").orElseThrow());
    assertThat(moved.text("place")).isEqualTo("1");
    assertThat(moved.header("ETag")).as("no conflict for others").isEqualTo(four.header("ETag"));
    assertThat(queue("text")).containsExactly("four", "TWO", "three");
    patch(four, "{\"place\":99}", "*");
    assertThat(queue("text")).containsExactly("TWO", "three", "four");
    assertRefused(remove(three, "\"7\""), 412, "stale_version");
    assertThat(remove(three, "*").status()).isEqualTo(204);
    assertThat(queue("text")).containsExactly("TWO", "four");
    assertThat(thread().text("followUps")).isEqualTo("2");
    complete(first);
    RunRequested sent = awaitRun(2);
    assertThat(sent.prompt()).isEqualTo("TWO");
    assertThat(sent.engine().name()).isEqualTo("claude");
    assertThat(sent.priority().wire()).isEqualTo("background");
  }

  @Test
  void whatCannotBeDoneToAFollowUpHasItsCodeAndChangesNothing() {
    Answer two = add("two");
    Answer three = add("three");
    remove(three, "*");
    complete(first);
    awaitRun(2);
    Answer four = add("four");
    Map<String, Long> before = rows();
    for (String path : List.of(followUps() + "/" + two.text("id"))) {
      assertRefused(http.patch(path, "{\"text\":\"x\"}"), 409, "follow_up_sent");
      assertRefused(http.delete(path), 409, "follow_up_sent");
      assertRefused(http.postText(path + "/send", ""), 409, "follow_up_sent");
    }
    assertRefused(patch(three, "{\"text\":\"x\"}", "*"), 409, "follow_up_removed");
    assertRefused(remove(three, "*"), 409, "follow_up_removed");
    assertRefused(send(three), 409, "follow_up_removed");
    assertRefused(http.delete(followUps() + "/" + UUID.randomUUID()), 404, "unknown_follow_up");
    assertRefused(http.get(followUps() + "/7"), 400, "invalid_follow_up");
    String nowhere = "/api/threads/" + UUID.randomUUID() + "/follow-ups";
    assertRefused(http.get(nowhere), 404, "unknown_thread");
    assertRefused(http.post(nowhere, Map.of("text", "x")), 404, "unknown_thread");
    assertRefused(http.postText(nowhere + "/resume", ""), 404, "unknown_thread");
    assertRefused(http.get(nowhere + "/" + four.text("id")), 404, "unknown_thread");
    assertRefused(patch(four, "{\"place\":0}", "*"), 400, "invalid_place");
    assertRefused(patch(four, "{\"place\":\"1\"}", "*"), 400, "validation_failed");
    assertRefused(patch(four, "{\"text\":null}", "*"), 400, "validation_failed");
    assertRefused(patch(four, "{\"text\":\" \"}", "*"), 400, "empty_prompt");
    assertRefused(patch(four, "{\"status\":\"sent\"}", "*"), 400, "validation_failed");
    assertRefused(patch(four, "{\"engine\":\"No Good\"}", "*"), 400, "invalid_engine");
    assertRefused(add("x".repeat(256 * 1024 + 1)), 413, "prompt_too_large");
    assertRefused(add("x", Map.of("priority", "high")), 400, "invalid_priority");
    assertThat(rows()).isEqualTo(before);
    assertThat(queue("text")).containsExactly("four");
  }

  @Test
  void sendingNowStartsOnAnIdleThreadAndInterruptsABusyOne() {
    say("two");
    Answer three = add("three");
    Answer sent = send(three);
    assertThat(sent.status()).isEqualTo(202);
    assertThat(sent.text("place")).isEqualTo("1");
    wire.await(thread, CancelRequested.class, 1);
    publish(first.cancelled().changes());
    RunRequested second = awaitRun(2);
    assertThat(second.prompt()).isEqualTo("three");
    Answer four = add("four");
    fail(script(second).queued().claimed("worker-1").started("/w", null), "broken");
    awaitIdle();
    Answer now = send(four);
    assertThat(now.text("status")).isEqualTo("sending");
    assertThat(awaitRun(3).prompt()).as("though held").isEqualTo("four");
    assertThat(queue("text")).containsExactly("two");
  }

  @Test
  void oneThatIsAddedToAnIdleThreadIsAnsweredAtOnce() {
    complete(first);
    awaitIdle();
    Answer added = add("two");
    assertThat(added.status()).isEqualTo(201);
    assertThat(added.text("status")).isEqualTo("sending");
    assertThat(added.text("place")).isNull();
    assertThat(awaitRun(2).sessionId()).hasToString(added.text("sessionId"));
  }

  @Test
  void noMoreThanAHundredWait() {
    for (int i = 0; i < 100; i++) {
      assertThat(add("p" + i).status()).isEqualTo(201);
    }
    Map<String, Long> before = rows();
    assertRefused(add("one too many"), 409, "queue_full");
    assertRefused(say("one too many"), 409, "queue_full");
    assertRefused(say("one too many", "interrupt"), 409, "queue_full");
    assertThat(rows()).isEqualTo(before);
    assertThat(thread().text("status")).as("nor is the run stopped").isEqualTo("queued");
  }

  @Test
  void aKeyQueuesOnce() {
    String key = UUID.randomUUID().toString();
    Answer one = http.post(followUps(), Map.of("text", "two"), "Idempotency-Key", key);
    Answer again = http.post(followUps(), Map.of("text", "two"), "Idempotency-Key", key);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.body()).isEqualTo(one.body());
    String messages = "/api/threads/" + thread + "/messages";
    one = http.post(messages, Map.of("text", "three"), "Idempotency-Key", key);
    again = http.post(messages, Map.of("text", "three"), "Idempotency-Key", key);
    assertThat(again.body()).isEqualTo(one.body());
    assertThat(queue("text")).containsExactly("two", "three");
  }

  /** Ends of runs, each told twice, while messages come from several sides. */
  @Test
  void messagesThatMeetTheEndOfTheRunAreNeitherLostNorDoubled() throws Exception {
    int count = 30;
    Map<String, SessionScript> sessions = new HashMap<>();
    sessions.put(first.last().sessionId().toString(), first);
    Thread talker =
        Thread.ofVirtual()
            .start(() ->
                IntStream.range(0, count)
                    .parallel()
                    .forEach(i -> assertThat(say("p" + i).status()).isEqualTo(202)));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          String active = thread().text("activeSession");
          if (active == null) {
            return !talker.isAlive();
          }
          SessionScript session = sessions.computeIfAbsent(active, id -> script(id).queued());
          if (!session.last().session().status().isDone()) {
            session.claimed("worker-1").started("/w", null).completed();
            publish(session.changes());
            publish(session.changes());
          }
          return false;
        });
    talker.join();
    List<String> expected =
        new ArrayList<>(IntStream.range(0, count).mapToObj(i -> "p" + i).toList());
    expected.add("one");
    assertThat(wire.await(thread, RunRequested.class, count + 1))
        .extracting(RunRequested::prompt)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(messages("text")).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(queue("text")).isEmpty();
  }

  private Answer say(String text) {
    return http.post("/api/threads/" + thread + "/messages", Map.of("text", text));
  }

  private Answer say(String text, String ifBusy) {
    return http.post(
        "/api/threads/" + thread + "/messages", Map.of("text", text, "ifBusy", ifBusy));
  }

  private Answer add(String text) {
    return add(text, Map.of());
  }

  private Answer add(String text, Map<String, Object> settings) {
    Map<String, Object> body = new HashMap<>(settings);
    body.put("text", text);
    return http.post(followUps(), body);
  }

  private Answer patch(Answer followUp, String patch, String ifMatch) {
    return http.patch(followUps() + "/" + followUp.text("id"), patch, "If-Match", ifMatch);
  }

  private Answer remove(Answer followUp, String ifMatch) {
    return http.delete(followUps() + "/" + followUp.text("id"), "If-Match", ifMatch);
  }

  private Answer send(Answer added) {
    String id = added.text("id") == null ? added.text("followUpId") : added.text("id");
    return http.postText(followUps() + "/" + id + "/send", "");
  }

  private Answer followUp(Answer dispatched) {
    return http.get(followUps() + "/" + dispatched.text("followUpId"));
  }

  private Answer list() {
    return http.get(followUps());
  }

  private List<String> queue(String field) {
    return texts(list(), field);
  }

  private List<String> messages(String field) {
    return texts(http.get("/api/threads/" + thread + "/messages"), field);
  }

  private String followUps() {
    return "/api/threads/" + thread + "/follow-ups";
  }

  private Answer thread() {
    return http.get("/api/threads/" + thread);
  }

  private SessionScript script(String session) {
    return new SessionScript(ThreadId.of(thread), SessionId.of(session));
  }

  private SessionScript script(RunRequested request) {
    return script(request.sessionId().toString()).answering(request.messageId());
  }

  private void complete(SessionScript session) {
    publish(
        session
            .claimed("worker-1")
            .started("/w", null)
            .says(new MessageId(UUID.randomUUID()), "done")
            .completed()
            .changes());
  }

  private void fail(SessionScript session, String why) {
    publish(session.failed("broken", why).changes());
  }

  private RunRequested awaitRun(int count) {
    return wire.await(thread, RunRequested.class, count).get(count - 1);
  }

  private void awaitIdle() {
    awaitThread("idle");
  }

  private void awaitThread(String status) {
    await().until(() -> status.equals(thread().text("status")));
  }

  private void awaitStatus(Answer dispatched, String status) {
    await().until(() -> status.equals(followUp(dispatched).text("status")));
  }

  private static void assertRefused(Answer answer, int status, String code) {
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.status()).isEqualTo(status);
  }

  private static List<String> texts(Answer page, String field) {
    assertThat(page.status()).isEqualTo(200);
    return StreamSupport.stream(page.body().get("items").spliterator(), false)
        .map((JsonNode item) -> item.get(field).asString())
        .toList();
  }
}
