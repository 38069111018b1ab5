package dev.heddle.thread.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.thread.ManyThreads;
import dev.heddle.thread.Scans;
import dev.heddle.thread.ThreadServiceSetting;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

class SearchPlansIT extends ThreadServiceSetting {

  private static boolean filled;

  @Autowired private Search search;
  @Autowired private TransactionTemplate transaction;

  @BeforeEach
  void fill() {
    if (!filled) {
      UUID project = UUID.fromString(http.get("/api/projects/" + project()).text("id"));
      ManyThreads.add(jdbc, project, 10_000, 10);
      filled = true;
    }
  }

  @Test
  void aRareWordIsFoundByTheIndexesOfWords() {
    assertThat(plan("rare53"))
        .contains("message_words")
        .contains("thread_title_words")
        // Of the few that are found PostgreSQL may join a table of threads that is small.
        .doesNotContain("Seq Scan on message");
  }

  @Test
  void aWordThatIsEverywhereIsFoundByTheIndexOfTime() {
    assertThat(plan("common")).contains("message_created").doesNotContain("Seq Scan on message");
  }

  @Test
  void noSearchScansMessagesOrThreads() {
    for (String words : List.of("subject77", "rare53", "word77", "common")) {
      assertThat(
              Scans.of(transaction, jdbc, () -> search.page(SearchWords.of(words), null, null, 50)))
          .as("scans for %s", words)
          .isEmpty();
    }
  }

  private String plan(String words) {
    Search.Query query = Search.query(SearchWords.of(words), null, null, 51);
    return String.join(
        "\n", jdbc.sql("explain " + query.sql()).params(query.values()).query(String.class).list());
  }
}
