package dev.heddle.thread.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The first line of the checklist's area of conversations: a title that is improved later. */
class SuggestedTitleIT extends ThreadServiceSetting {

  private static final Duration LONG = Duration.ofSeconds(30);

  private static SessionScript script(Answer said) {
    return new SessionScript(
            ThreadId.of(said.text("threadId")), SessionId.of(said.text("sessionId")))
        .running("codex");
  }

  private static SessionFact suggests(String title) {
    return new SessionFact.TitleSuggested(title);
  }

  private Answer dispatch() {
    return http.post(
        "/api/dispatch",
        Map.of("project", project(), "prompt", "please mend the build", "engine", "codex"));
  }

  private Answer thread(Answer said) {
    return http.get("/api/threads/" + said.text("threadId"));
  }

  private void awaitStatus(Answer said, String status) {
    await().atMost(LONG).until(() -> status.equals(thread(said).text("status")));
  }

  @Test
  void anEngineImprovesADerivedTitleAndEachTimeItIsTold() {
    Answer said = dispatch();
    assertThat(thread(said).text("title")).isEqualTo("please mend the build");
    String etag = thread(said).header("ETag").orElseThrow();
    SessionScript script =
        script(said)
            .queued()
            .claimed("w")
            .started("/w", null)
            .reportsFact(suggests(" Build\0 mended \nand more"))
            .reportsFact(suggests(""))
            .completed();
    publish(script.changes());
    publish(script.changes());
    awaitStatus(said, "idle");
    assertThat(thread(said).text("title")).isEqualTo("Build\uFFFD mended");
    assertThat(thread(said).text("titleCustom")).isEqualTo("false");
    assertThat(thread(said).header("ETag")).isNotEqualTo(java.util.Optional.of(etag));
    await()
        .atMost(LONG)
        .untilAsserted(() ->
            assertThat(wire.now(said.text("threadId"), ThreadChanged.class))
                .flatExtracting(ThreadChanged::changes)
                .filteredOn(change ->
                    change instanceof ThreadChange.Settings settings
                        && settings.title().equals("Build\uFFFD mended"))
                .hasSize(1));
    Answer audit = http.get("/api/audit?thread=" + said.text("threadId"));
    assertThat(audit.text("items.0.action")).isEqualTo("thread.changed");
    assertThat(audit.text("items.0.by")).isEqualTo("codex");
    assertThat(audit.text("items.0.fields.0")).isEqualTo("title");

    Answer next =
        http.post("/api/threads/" + said.text("threadId") + "/messages", Map.of("text", "more"));
    publish(
        script(next)
            .queued()
            .claimed("w")
            .reportsFact(suggests("Better yet"))
            .completed()
            .changes());
    awaitStatus(said, "idle");
    assertThat(thread(said).text("title")).isEqualTo("Better yet");
  }

  @Test
  void aTitleThatAPersonChoseStays() {
    Answer said = dispatch();
    http.patch("/api/threads/" + said.text("threadId"), "{\"title\":\"Mine\"}");
    publish(
        script(said).queued().claimed("w").reportsFact(suggests("Theirs")).completed().changes());
    awaitStatus(said, "idle");
    assertThat(thread(said).text("title")).isEqualTo("Mine");
  }

  @Test
  void aRunThatIsOverOrAnothersIsNotHeard() {
    Answer said = dispatch();
    SessionScript first = script(said).queued().claimed("w").completed();
    publish(first.changes());
    awaitStatus(said, "idle");
    Answer next =
        http.post("/api/threads/" + said.text("threadId") + "/messages", Map.of("text", "more"));
    publish(first.reportsFact(suggests("Late")).last());
    publish(script(next).queued().claimed("w").completed().changes());
    awaitStatus(said, "idle");
    assertThat(thread(said).text("title")).isEqualTo("please mend the build");
  }
}
