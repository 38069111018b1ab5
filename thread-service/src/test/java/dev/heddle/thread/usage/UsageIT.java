package dev.heddle.thread.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ThreadChanged;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.TurnScripts;
import dev.heddle.thread.feed.LiveCopy;
import dev.heddle.thread.run.SessionScript;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UsageIT extends ThreadServiceSetting {

  private String project;
  private String thread;
  private SessionScript run;

  @BeforeEach
  void aRun() {
    project = project();
    Answer dispatched = http.post("/api/dispatch", Map.of("project", project, "prompt", "one"));
    thread = dispatched.text("threadId");
    run = TurnScripts.running(dispatched);
  }

  @Test
  void aThreadThatHasSpentNothingSaysSo() {
    assertThat(view().text("usage.inputTokens")).isEqualTo("0");
    assertThat(view().text("usage.costUsd")).isNull();
    assertThat(ofProject().text("outputTokens")).isEqualTo("0");
  }

  @Test
  void everyMessageCountsOnceHoweverOftenItIsTold() {
    TurnScripts.answers(run, "first", 100, 10, 0.5);
    TurnScripts.answers(run, "second", 50, 5, 0.25);
    publish(run.changes());
    publish(run.changes());
    awaitUsage(150, 15, "0.75");
    publish(run.completed().changes());
    awaitIdle();
    assertUsage(150, 15, "0.75");
    assertThat(ofProject().text("inputTokens")).isEqualTo("150");
    live().mustBe(view());
  }

  @Test
  void whatAnEngineReportsForTheWholeAttemptIsNotAddedToItsMessages() {
    TurnScripts.answers(run, "first", 100, 10, 0.5);
    TurnScripts.reports(run, 100, 10, 0.5);
    publish(run.changes());
    awaitUsage(100, 10, "0.5");
    TurnScripts.reports(run, 160, 16, 0.8);
    TurnScripts.reports(run, 120, 12, 0.6);
    publish(run.completed().changes());
    awaitIdle();
    assertUsage(160, 16, "0.8");
    live().mustBe(view());
  }

  @Test
  void aReportWithoutAMessageAndEachAttemptCount() {
    TurnScripts.reports(run, 30, 3, null);
    run.queued().claimed("worker-2").started("/w", null);
    TurnScripts.reports(run, 40, 4, 0.1);
    publish(run.completed().changes());
    awaitIdle();
    assertUsage(70, 7, "0.1");
  }

  @Test
  void whatIsNoAmountIsNotCounted() {
    TurnScripts.reports(run, -5, 3, Double.valueOf(-1));
    publish(run.completed().changes());
    awaitIdle();
    assertUsage(0, 3, null);
  }

  @Test
  void aProjectHasSpentWhatADeletedThreadHas() {
    TurnScripts.answers(run, "done", 100, 10, 0.5);
    publish(run.completed().changes());
    awaitIdle();
    Answer other = http.post("/api/dispatch", Map.of("project", project, "prompt", "two"));
    SessionScript second = TurnScripts.running(other);
    TurnScripts.answers(second, "done", 7, 1, 0.25);
    publish(second.completed().changes());
    await().until(() -> "107".equals(ofProject().text("inputTokens")));
    assertThat(http.delete("/api/threads/" + thread).status()).isEqualTo(204);
    assertThat(ofProject().text("inputTokens")).isEqualTo("107");
    assertThat(ofProject().text("costUsd")).isEqualTo("0.75");
    assertThat(http.get("/api/projects/none-of-this-name/usage").code())
        .isEqualTo("unknown_project");
  }

  private void awaitUsage(long input, long output, String cost) {
    await().until(() -> String.valueOf(input).equals(view().text("usage.inputTokens")));
    assertUsage(input, output, cost);
  }

  private void assertUsage(long input, long output, String cost) {
    Answer view = view();
    assertThat(view.text("usage.inputTokens")).isEqualTo(String.valueOf(input));
    assertThat(view.text("usage.outputTokens")).isEqualTo(String.valueOf(output));
    assertThat(view.text("usage.costUsd")).isEqualTo(cost);
  }

  private LiveCopy live() {
    int told = Integer.parseInt(view().text("feedVersion"));
    return LiveCopy.of(wire.await(thread, ThreadChanged.class, told));
  }

  private void awaitIdle() {
    await().until(() -> "idle".equals(view().text("status")));
  }

  private Answer view() {
    return http.get("/api/threads/" + thread);
  }

  private Answer ofProject() {
    return http.get("/api/projects/" + project + "/usage");
  }
}
