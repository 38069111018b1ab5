package dev.heddle.session.claim;

import static dev.heddle.session.Columns.array;
import static dev.heddle.session.Columns.time;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.SessionClaim;
import dev.heddle.session.Columns;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The answers that claims got. */
@Repository
public class Claims {

  private final JdbcTemplate jdbc;
  private final JdbcClient sql;

  Claims(JdbcTemplate jdbc, JdbcClient sql) {
    this.jdbc = jdbc;
    this.sql = sql;
  }

  /**
   * What a claim was told.
   *
   * @param reason why it was denied; null where it was granted
   */
  public record Answer(boolean granted, @Nullable String reason) {}

  record Answered(SessionClaim claim, Answer answer) {}

  /** The answers to those of these claims that had one. */
  public Map<ClaimId, Answer> answers(Collection<ClaimId> ids) {
    Map<ClaimId, Answer> answers = new HashMap<>();
    if (!ids.isEmpty()) {
      sql.sql(
              """
              select claim_id, answer, reason from claim
              where claim_id = any (cast(:ids as uuid[]))
              """)
          .param("ids", array(ids))
          .query(row -> {
            answers.put(
                new ClaimId(Columns.uuid(row, "claim_id")),
                new Answer(Columns.text(row, "answer").equals("granted"), row.getString("reason")));
          });
    }
    return answers;
  }

  void remember(List<Answered> answered, Instant now) {
    jdbc.batchUpdate(
        """
        insert into claim
          (claim_id, session_id, offer_id, machine, incarnation, attempt, answer, reason, at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        answered.stream()
            .map(one ->
                new @Nullable Object[] {
                  one.claim.claimId().value(),
                  one.claim.sessionId().value(),
                  one.claim.offerId().value(),
                  one.claim.machineId().value(),
                  one.claim.incarnation(),
                  one.claim.attempt(),
                  one.answer.granted() ? "granted" : "denied",
                  one.answer.reason(),
                  time(now)
                })
            .toList());
  }

  /** Forgets denials whose claims nobody repeats any more; grants are the history of machines. */
  int forgetDenialsBefore(Instant limit) {
    return sql.sql("delete from claim where at < :limit and answer = 'denied'")
        .param("limit", time(limit))
        .update();
  }
}
