package dev.heddle.thread.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.Affinity;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionSnapshot;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which machine has what a thread goes on with. Checklist 14. */
class AffinityIT extends ThreadServiceSetting {

  private String thread;

  private SessionScript begin(Map<String, Object> project) {
    String name = fresh("affinity");
    Map<String, Object> request = new HashMap<>(project);
    request.put("name", name);
    assertThat(http.post("/api/projects", request).status()).isEqualTo(201);
    Answer first =
        http.post("/api/dispatch", Map.of("project", name, "prompt", "one", "engine", "codex"));
    thread = first.text("threadId");
    return script(first);
  }

  private SessionScript say(String text) {
    return script(http.post("/api/threads/" + thread + "/messages", Map.of("text", text)));
  }

  private static SessionScript script(Answer dispatched) {
    return new SessionScript(
            ThreadId.of(dispatched.text("threadId")), SessionId.of(dispatched.text("sessionId")))
        .answering(MessageId.of(dispatched.text("messageId")))
        .running("codex")
        .queued();
  }

  private void finish(SessionScript script) {
    publish(script.changes());
    await().until(() -> "idle".equals(http.get("/api/threads/" + thread).text("status")));
  }

  private RunRequested asked(int count) {
    return wire.await(thread, RunRequested.class, count).get(count - 1);
  }

  private static SessionFact state(String id) {
    return new SessionFact.EngineStateReported(
        new EngineState.Codex(id, null, null, null, null, null, null, "/w", null));
  }

  private static @Nullable String resumed(RunRequested run) {
    EngineState state = run.continuation().engineState();
    return state == null ? null : ((EngineState.Codex) state).threadId();
  }

  private static MessageId message() {
    return new MessageId(UUID.randomUUID());
  }

  private static SessionScript talking(SessionScript script, String machine) {
    return script.claimed(machine).started("/w", null);
  }

  @Test
  void aRunIsAskedForWhereTheLastOneHasLeftItsStateWithTheWaitOfTheProject() {
    SessionScript first = begin(Map.of());
    assertThat(asked(1).affinity()).isEqualTo(new Affinity(null, true, 30_000));
    finish(talking(first, "a").reportsFact(state("t-1")).says(message(), "uno").completed());

    SessionScript second = say("two");
    assertThat(asked(2).affinity()).isEqualTo(new Affinity(new MachineId("a"), true, 30_000));
    assertThat(asked(2).continuation().engineMachine()).isEqualTo(new MachineId("a"));
    assertThat(resumed(asked(2))).isEqualTo("t-1");
    assertThat(asked(2).continuation().context().messages()).hasSize(2);
    assertThat(http.get("/api/threads/" + thread + "/engines").text("0.machine")).isEqualTo("a");
    finish(talking(second, "a").says(message(), "dos").completed());

    String project = http.get("/api/threads/" + thread).text("project");
    http.patch("/api/projects/" + project, "{\"machineWaitSeconds\":5}");
    say("three");
    assertThat(asked(3).affinity()).isEqualTo(new Affinity(new MachineId("a"), true, 5_000));
    assertThat(resumed(asked(3))).as("where it went on").isEqualTo("t-1");
    assertThat(http.patch("/api/projects/" + project, "{\"machineWaitSeconds\":-1}").code())
        .isEqualTo("invalid_limit");
    assertThat(http.get("/api/projects/" + project).text("machineWaitSeconds")).isEqualTo("5");
  }

  @Test
  void aRunThatWentElsewhereHasTakenNothingAlongAndTheThreadSaysSo() {
    SessionScript first = begin(Map.of());
    finish(talking(first, "a").reportsFact(state("t-1")).says(message(), "uno").completed());
    SessionScript second = say("two");
    String note = "continues on b from its transcript: a, which has its state, is offline";
    second.claimed("b");
    SessionChanged claimed = because(second.last(), "claimed by b; " + note, note);
    List<SessionChanged> told = new ArrayList<>(second.changes().subList(0, 1));
    told.add(claimed);
    publish(told);
    await().until(() -> note.equals(http.get("/api/threads/" + thread).text("reason")));
    finish(second.started("/w", null).says(message(), "dos").completed());

    Answer transitions = http.get("/api/threads/" + thread + "/transitions");
    assertThat(transitions.body().path("items").valueStream())
        .map(one -> one.path("cause").asString(""))
        .contains("claimed by b; " + note);

    SessionScript third = say("three");
    assertThat(asked(3).affinity()).isEqualTo(new Affinity(new MachineId("b"), true, 30_000));
    assertThat(resumed(asked(3))).as("what a remembers has not heard of two").isNull();
    finish(talking(third, "b").reportsFact(state("t-2")).says(message(), "tres").completed());
    say("four");
    assertThat(resumed(asked(4))).isEqualTo("t-2");
    assertThat(asked(4).continuation().engineMachine()).isEqualTo(new MachineId("b"));
  }

  private static SessionChanged because(SessionChanged change, String cause, String reason) {
    var old = change.session();
    return new SessionChanged(
        change.sessionId(),
        change.threadId(),
        change.version(),
        new SessionSnapshot(
            old.project(),
            old.messageId(),
            old.status(),
            old.attempt(),
            old.machine(),
            old.engine(),
            old.phase(),
            reason,
            old.failure(),
            old.retryOf(),
            old.requestedBy(),
            old.queuedAt(),
            old.claimedAt(),
            old.startedAt(),
            old.finishedAt(),
            old.endedBy(),
            old.permission()),
        change.fact(),
        cause,
        change.at());
  }

  @Test
  void whatALostAttemptHasLeftOnItsMachineIsNotResumedOnceAnotherHasGoneOn() {
    SessionScript first = begin(Map.of());
    talking(first, "a").reportsFact(state("t-1")).says(message(), "uno").queued();
    finish(talking(first, "b").says(message(), "due").completed());

    say("two");

    assertThat(resumed(asked(2))).isNull();
    assertThat(asked(2).affinity().machine()).isEqualTo(new MachineId("b"));
  }

  @Test
  void aCheckoutGoesNowhereElse() {
    SessionScript first = begin(Map.of("localPath", "/srv/shop"));
    assertThat(asked(1).affinity()).isEqualTo(new Affinity(null, false, 30_000));
    finish(talking(first, "a").says(message(), "uno").completed());
    SessionScript second = say("two");
    assertThat(asked(2).affinity()).isEqualTo(new Affinity(new MachineId("a"), false, 30_000));
    finish(talking(second, "a").says(message(), "dos").completed());

    String project = http.get("/api/threads/" + thread).text("project");
    http.patch("/api/projects/" + project, "{\"localPath\":null}");
    say("three");
    assertThat(asked(3).affinity())
        .as("its files are nowhere yet")
        .isEqualTo(new Affinity(null, true, 30_000));
  }

  /** Records that come twice, or behind later ones, leave the same machine and the same state. */
  @Test
  void duplicatesAndReorderingsChangeNothing() {
    for (int seed = 0; seed < 8; seed++) {
      SessionScript first = begin(Map.of());
      finish(talking(first, "a").reportsFact(state("t-1")).says(message(), "uno").completed());
      SessionScript second = say("two");
      talking(second, "b").reportsFact(state("t-2")).says(message(), "dos").completed();
      List<SessionChanged> told = new ArrayList<>(first.changes());
      told.addAll(second.changes());
      Collections.shuffle(told, new Random(seed));
      List<SessionChanged> all = new ArrayList<>(second.changes());
      for (SessionChanged stray : told) {
        // A stray never comes before what it repeats.
        int least = all.indexOf(stray) + 1;
        all.add(least + new Random(seed).nextInt(all.size() - least + 1), stray);
      }
      publish(all);
      await().until(() -> "idle".equals(http.get("/api/threads/" + thread).text("status")));
      say("three");
      assertThat(resumed(asked(3))).as("seed %d", seed).isEqualTo("t-2");
      assertThat(asked(3).continuation().engineMachine()).isEqualTo(new MachineId("b"));
      assertThat(asked(3).affinity().machine()).isEqualTo(new MachineId("b"));
    }
  }
}
