package dev.heddle.thread.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.ManyThreads;
import dev.heddle.thread.Scans;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.search.SearchWords;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What {@link ListingMeasurement} measures reads no table of threads or messages from its beginning
 * to its end. Counted by PostgreSQL while the requests' own code runs, all statements of it.
 */
class ScansIT extends ThreadServiceSetting {

  private static final int THREADS = 10_000;

  private static boolean filled;

  @Autowired private ThreadList list;
  @Autowired private ThreadCommands commands;
  @Autowired private Messages messages;
  @Autowired private TransactionTemplate transaction;

  @BeforeEach
  void fill() {
    if (!filled) {
      UUID project = UUID.fromString(http.get("/api/projects/" + project()).text("id"));
      ManyThreads.add(jdbc, project, THREADS, 10);
      filled = true;
    }
  }

  @Test
  void everyListFollowsIndexes() {
    Map<String, ThreadFilter> filters = new LinkedHashMap<>();
    filters.put("all", filter(null, null, null, null));
    filters.put("status", filter(RunStatus.RUNNING, null, null, null));
    filters.put("engine", filter(null, "engine7", null, null));
    filters.put("machine", filter(null, null, "worker-7", null));
    filters.put("a title", filter(null, null, null, "subject77"));
    filters.put("a rare word", filter(null, null, null, "rare53"));
    filters.put("a word", filter(null, null, null, "word77"));
    filters.put("a word of every message", filter(null, null, null, "common"));
    filters.forEach((name, filter) ->
        assertThat(scans(() -> list.page(filter, ThreadSort.ACTIVITY, null, 50)))
            .as("scans of a list by %s", name)
            .isEmpty());
    for (ThreadSort sort : ThreadSort.values()) {
      assertThat(scans(() -> list.page(filter(null, null, null, null), sort, null, 50)))
          .as("scans of a list in the order of %s", sort)
          .isEmpty();
    }
    ProjectId small =
        new ProjectId(UUID.fromString(http.get("/api/projects/" + project()).text("id")));
    ThreadFilter ofProject =
        new ThreadFilter(small, null, null, null, false, null, null, null, false);
    assertThat(scans(() -> list.page(ofProject, ThreadSort.ACTIVITY, null, 50))).isEmpty();
  }

  @Test
  void openingAThreadFollowsIndexes() {
    ThreadId thread =
        ThreadId.of(http.get("/api/threads?engine=engine7&limit=1").text("items.0.id"));
    MessageId last = MessageId.of(http.get("/api/threads/" + thread).text("activeMessageId"));
    assertThat(scans(() -> commands.get(thread))).isEmpty();
    assertThat(
            scans(() -> assertThat(messages.path(last, 0, 200)).as("the whole of it").hasSize(10)))
        .isEmpty();
    assertThat(scans(() -> messages.all(thread, 0, 200))).isEmpty();
  }

  @Test
  void aScanWouldBeSeen() {
    assertThat(scans(() -> count("select count(*) from message where truncated")))
        .containsExactly("message");
  }

  private static ThreadFilter filter(
      RunStatus status, String engine, String machine, String words) {
    return new ThreadFilter(
        null,
        status,
        engine,
        machine,
        false,
        null,
        words == null ? null : SearchWords.of(words),
        null,
        false);
  }

  /** The tables that were scanned as a whole while this ran. */
  private List<String> scans(Runnable request) {
    return Scans.of(transaction, jdbc, request);
  }
}
