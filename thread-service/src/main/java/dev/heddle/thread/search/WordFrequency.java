package dev.heddle.thread.search;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How often words are said, as the statistics of PostgreSQL have it: an estimate, soon had. */
@Repository
public class WordFrequency {

  /**
   * What PostgreSQL guesses for words of which it knows nothing is a thousandth ({@code
   * DEFAULT_TS_MATCH_SEL} in its {@code ts_selfuncs.c}); a share must be well above it to be more
   * than a guess.
   */
  private static final double KNOWN = 0.005;

  private final JdbcClient jdbc;
  private final JsonMapper json;

  WordFrequency(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * Whether they are so common that some threads that say them are sooner found by looking into one
   * after the other than by the index of words. Of {@code all} messages {@code found} say them: the
   * index has to read all {@code found}, while in turn about {@code all / found} messages are read
   * for each thread that is wanted.
   *
   * @param threads how many are wanted
   */
  public boolean areCommon(SearchWords words, int threads) {
    JsonNode plan =
        json.readTree(
            jdbc.sql(
                    """
                    explain (format json)
                    select from message m where m.words @@ to_tsquery('simple', :words)
                    """)
                .param("words", words.tsquery())
                .query(String.class)
                .single());
    double found = plan.path(0).path("Plan").path("Plan Rows").asDouble();
    double all =
        jdbc.sql("select reltuples from pg_class where oid = 'message'::regclass")
            .query(Double.class)
            .single();
    return found > KNOWN * all && found * found > threads * all;
  }
}
