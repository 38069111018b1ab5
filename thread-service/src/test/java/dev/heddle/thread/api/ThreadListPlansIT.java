package dev.heddle.thread.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ProjectId;
import dev.heddle.thread.ManyThreads;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.search.SearchWords;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What PostgreSQL does for each list, with enough rows that it matters. */
class ThreadListPlansIT extends ThreadServiceSetting {

  private static final ThreadFilter ALL =
      new ThreadFilter(null, null, null, null, false, null, null, null, false);

  private static boolean filled;

  @BeforeEach
  void fill() {
    if (!filled) {
      UUID project = UUID.fromString(http.get("/api/projects/" + project()).text("id"));
      ManyThreads.add(jdbc, project, 4_000, 10);
      filled = true;
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
    ThreadList.Query query = ThreadList.query(filter, sort, pinned, after, 51);
    return String.join(
        "\n", jdbc.sql("explain " + query.sql()).params(query.values()).query(String.class).list());
  }
}
