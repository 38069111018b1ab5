package dev.heddle.thread.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.SessionScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class SearchIT extends ThreadServiceSetting {

  @Test
  void findsTitlesPromptsAndAnswersByTheBeginningsOfTheirWords() {
    String project = project();
    Answer dispatched =
        http.post("/api/dispatch", Map.of("project", project, "prompt", "Grind\nthe zirkonium"));
    String id = dispatched.text("threadId");
    publish(
        new SessionScript(ThreadId.of(id), SessionId.of(dispatched.text("sessionId")))
            .queued()
            .claimed("worker-1")
            .says(new MessageId(UUID.randomUUID()), "ground src/Zirkon_mill.java:7 to dust")
            .completed()
            .changes());
    await().until(() -> "idle".equals(http.get("/api/threads/" + id).text("status")));

    Answer both = search(project, "ZIRKON");
    assertThat(both.body().get("items")).hasSize(2);
    assertThat(search(project, "mill.java").text("items.0.role")).isEqualTo("assistant");
    Answer prompt = search(project, "zirkonium grind");
    assertThat(prompt.text("items.0.threadId")).isEqualTo(id);
    assertThat(prompt.text("items.0.ordinal")).isEqualTo("1");
    assertThat(prompt.text("items.0.snippet.text")).isEqualTo("Grind the zirkonium");
    assertThat(prompt.text("items.0.snippet.marks.0.from")).isEqualTo("0");
    assertThat(prompt.text("items.0.snippet.marks.0.to")).isEqualTo("5");
    assertThat(search(project, "zirkonium dust").body().get("items"))
        .as("no message has both")
        .isEmpty();
    http.patch("/api/threads/" + id, "{\"title\":\"Hafnium instead\"}");
    Answer title = search(project, "hafnium");
    assertThat(title.text("items.0.messageId")).isNull();
    assertThat(title.text("items.0.title")).isEqualTo("Hafnium instead");
    assertThat(search(project(), "zirkon").body().get("items")).isEmpty();
    assertThat(http.get("/api/threads?q=mill%20zirkon&project=" + project).text("items.0.id"))
        .isEqualTo(id);
    assertThat(http.get("/api/threads?q=haf&project=" + project).text("items.0.id")).isEqualTo(id);
    http.delete("/api/threads/" + id);
    assertThat(search(project, "zirkon").body().get("items")).isEmpty();
  }

  @Test
  void pagesRepeatAndOmitNothingWhileMoreIsSaid() {
    String project = project();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      ids.add(dispatch(project));
      if (i % 3 == 0) {
        tick();
      }
    }
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      Answer page =
          http.get(
              "/api/search?q=palladium&limit=2&project="
                  + project
                  + (cursor == null ? "" : "&cursor=" + cursor));
      StreamSupport.stream(page.body().get("items").spliterator(), false)
          .filter(item -> item.get("messageId") != null && !item.get("messageId").isNull())
          .forEach(item -> seen.add(item.get("threadId").asString()));
      cursor = page.text("nextCursor");
      tick();
      dispatch(project);
    } while (cursor != null);
    assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void whatCannotBeLookedForIsRefusedOrFoundNowhere() {
    assertThat(http.get("/api/search").code()).isEqualTo("invalid_query");
    assertThat(http.get("/api/search?q=%20").code()).isEqualTo("invalid_query");
    assertThat(http.get("/api/search?q=a%00").code()).isEqualTo("invalid_text");
    assertThat(http.get("/api/search?q=a&project=nobody").code()).isEqualTo("unknown_project");
    assertThat(http.get("/api/search?q=a&limit=0").code()).isEqualTo("invalid_limit");
    assertThat(http.get("/api/search?q=a&cursor=x").code()).isEqualTo("bad_cursor");
    assertThat(http.get("/api/search?q=%25").body().get("items")).isEmpty();
    assertThat(http.get("/api/search?q=%27%20%26%20!").body().get("items")).isEmpty();
  }

  private String dispatch(String project) {
    return http.post(
            "/api/dispatch",
            Map.of("project", project, "prompt", "palladium", "title", fresh("thread")))
        .text("threadId");
  }

  private Answer search(String project, String words) {
    Answer found = http.get("/api/search?project=" + project + "&q=" + words.replace(" ", "%20"));
    assertThat(found.status()).isEqualTo(200);
    return found;
  }
}
