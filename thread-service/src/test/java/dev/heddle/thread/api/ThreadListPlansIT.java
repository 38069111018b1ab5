package dev.heddle.thread.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ProjectId;
import dev.heddle.thread.Http;
import dev.heddle.thread.ManyThreads;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.search.SearchWords;
import dev.heddle.thread.search.WordFrequency;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What PostgreSQL does for each list, with enough rows that it matters. */
class ThreadListPlansIT extends ThreadServiceSetting {

  private static final ThreadFilter ALL =
      new ThreadFilter(null, null, null, null, false, null, null, null, false);

  private static String name;

  @Autowired private WordFrequency frequency;

  @BeforeEach
  void fill() {
    if (name == null) {
      String project = project();
      UUID id = UUID.fromString(http.get("/api/projects/" + project).text("id"));
      ManyThreads.add(jdbc, id, 4_000, 10);
      name = project;
    }
  }

  @Test
  void eachOrderFollowsItsIndexFromTheCursorOn() {
    for (ThreadSort sort : ThreadSort.values()) {
      String key = sort == ThreadSort.TITLE ? "m" : "2025-12-01T12:00:00Z";
      ThreadList.Place place = new ThreadList.Place(sort, false, key, UUID.randomUUID());
      for (ThreadList.Place after : new ThreadList.Place[] {null, place}) {
        assertThat(plan(ALL, sort, false, after))
            .as("%s after %s", sort, after)
            .contains(
                switch (sort) {
                  case ACTIVITY -> "thread_run_activity";
                  case CREATED -> "thread_created";
                  case TITLE -> "thread_title";
                })
            .doesNotContain("Seq Scan");
      }
    }
  }

  @Test
  void thePinnedAreFoundByThemselves() {
    assertThat(plan(ALL, ThreadSort.ACTIVITY, true, null))
        .contains("thread_pinned")
        .doesNotContain("Seq Scan on thread t");
  }

  @Test
  void whatLeavesFewThreadsIsFoundByItsIndex() {
    ProjectId small =
        new ProjectId(UUID.fromString(http.get("/api/projects/" + project()).text("id")));
    assertThat(plan(filter(small, null, null, null, null)))
        .contains("thread_project")
        .doesNotContain("Seq Scan");
    assertThat(plan(filter(null, RunStatus.RUNNING, null, null, null)))
        .contains("thread_run_")
        .doesNotContain("Seq Scan on thread_run");
    assertThat(plan(filter(null, null, "engine7", null, null)))
        .contains("thread_engine")
        .doesNotContain("Seq Scan");
    assertThat(plan(filter(null, null, null, "worker-7", null)))
        .contains("thread_run_machine")
        .doesNotContain("Seq Scan");
    assertThat(plan(filter(null, null, null, null, SearchWords.of("rare19"))))
        .contains("message_words")
        .contains("thread_title_words")
        // PostgreSQL may join the few with a table of threads that is small.
        .doesNotContain("Seq Scan on message");
  }

  @Test
  void wordsThatManySayAreLookedForInTheOrderOfTheList() {
    ThreadFilter common = filter(null, null, null, null, SearchWords.of("common"));
    assertThat(plan(ThreadList.query(common, ThreadSort.ACTIVITY, false, null, 51, true)))
        .contains("thread_run_activity")
        .doesNotContain("Seq Scan")
        .doesNotContain("message_words");
    assertThat(frequency.areCommon(SearchWords.of("common"), 51)).isTrue();
    assertThat(frequency.areCommon(SearchWords.of("rare19"), 51)).isFalse();
    assertThat(frequency.areCommon(SearchWords.of("unheardof"), 51)).isFalse();

    // All say it, so that the list is the whole one, page by page.
    String all = "/api/threads?limit=150&project=" + name;
    Http.Answer first = http.get(all + "&q=common");
    assertThat(ids(first)).hasSize(150).isEqualTo(ids(http.get(all)));
    assertThat(ids(http.get(all + "&q=common&cursor=" + first.text("nextCursor"))))
        .hasSize(150)
        .isEqualTo(ids(http.get(all + "&cursor=" + http.get(all).text("nextCursor"))));
  }

  private static List<String> ids(Http.Answer page) {
    return page.body().get("items").valueStream().map(item -> item.get("id").asString()).toList();
  }

  private static ThreadFilter filter(
      @Nullable ProjectId project,
      @Nullable RunStatus status,
      @Nullable String engine,
      @Nullable String machine,
      @Nullable SearchWords words) {
    return new ThreadFilter(project, status, engine, machine, false, null, words, null, false);
  }

  private String plan(ThreadFilter filter) {
    return plan(filter, ThreadSort.ACTIVITY, false, null);
  }

  private String plan(
      ThreadFilter filter, ThreadSort sort, boolean pinned, ThreadList.@Nullable Place after) {
    return plan(ThreadList.query(filter, sort, pinned, after, 51, false));
  }

  private String plan(ThreadList.Query query) {
    return String.join(
        "\n", jdbc.sql("explain " + query.sql()).params(query.values()).query(String.class).list());
  }
}
