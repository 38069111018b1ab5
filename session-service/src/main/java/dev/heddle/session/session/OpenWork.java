package dev.heddle.session.session;

import dev.heddle.contracts.SessionStatus;
import dev.heddle.session.Columns;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Keeps two small tables in step with the sessions: {@code backlog} holds exactly the queued ones,
 * {@code slot} exactly those in a worker's hands. What leaves the backlog takes its offer along.
 */
final class OpenWork {

  private final JdbcTemplate jdbc;

  OpenWork(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  void created(Collection<Sessions.NewSession> created) {
    enterBacklog(
        created.stream()
            .filter(one -> one.session().status() == SessionStatus.QUEUED)
            .map(
                one -> line(one.session(), one.orderAt(), null, one.session().request().queuedAt()))
            .toList());
  }

  void moved(Collection<Sessions.Step> steps) {
    leave("delete from backlog where session_id = ?", steps, OpenWork::queued);
    leave("delete from slot where session_id = ?", steps, OpenWork::inHands);
    enterBacklog(
        entering(steps, OpenWork::queued)
            .map(step -> line(step.after(), step.orderAt(), step.notBefore(), step.at()))
            .toList());
    enterSlots(entering(steps, OpenWork::inHands).map(step -> slot(step.after())).toList());
    List<@Nullable Object[]> waiting =
        steps.stream()
            .filter(step -> inHands(step.before()) && inHands(step.after()))
            .filter(step -> waits(step.before()) != waits(step.after()))
            .map(step -> new @Nullable Object[] {waits(step.after()), step.after().id().value()})
            .toList();
    batch("update slot set waiting = ? where session_id = ?", waiting);
  }

  private static boolean queued(Session session) {
    return session.status() == SessionStatus.QUEUED;
  }

  private static boolean inHands(Session session) {
    return session.inHands();
  }

  private static boolean waits(Session session) {
    return session.status() == SessionStatus.WAITING;
  }

  /** A session that was lost and granted within one transaction leaves and enters again. */
  private static Stream<Sessions.Step> entering(
      Collection<Sessions.Step> steps, Predicate<Session> in) {
    return steps.stream()
        .filter(step -> in.test(step.after()))
        .filter(step -> !in.test(step.before()) || otherAttempt(step));
  }

  private void leave(String sql, Collection<Sessions.Step> steps, Predicate<Session> in) {
    batch(
        sql,
        steps.stream()
            .filter(step -> in.test(step.before()))
            .filter(step -> !in.test(step.after()) || otherAttempt(step))
            .map(step -> new @Nullable Object[] {step.after().id().value()})
            .toList());
  }

  private static boolean otherAttempt(Sessions.Step step) {
    return step.before().attemptNumber() != step.after().attemptNumber();
  }

  private void enterBacklog(List<@Nullable Object[]> lines) {
    batch(
        """
        insert into backlog (session_id, thread_id, project_id, pool, shape, order_at, held, not_before,
                             home, home_since, home_until)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        lines);
  }

  private static @Nullable Object[] line(
      Session session, Instant orderAt, @Nullable Instant notBefore, Instant since) {
    Request request = session.request();
    // One that may run on one machine only has no other to wait for.
    Home home = request.requirements().machine() == null ? session.home() : null;
    Duration patience = home == null ? null : home.patience();
    return new @Nullable Object[] {
      session.id().value(),
      request.threadId() == null ? null : request.threadId().value(),
      request.project().id().value(),
      request.requirements().pool(),
      Shape.of(request.requirements()).text(),
      Columns.time(orderAt),
      session.held(),
      Columns.time(notBefore),
      home == null ? null : home.machine().value(),
      home == null ? null : Columns.time(since),
      patience == null ? null : Columns.time(since.plus(patience))
    };
  }

  private void enterSlots(List<@Nullable Object[]> lines) {
    batch(
        """
        insert into slot (session_id, thread_id, project_id, pool, machine, incarnation, attempt,
                          claim_id, claim_heartbeat, lease_millis, waiting)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        lines);
  }

  private static @Nullable Object[] slot(Session session) {
    Request request = session.request();
    Attempt attempt = Objects.requireNonNull(session.attempt());
    return new @Nullable Object[] {
      session.id().value(),
      request.threadId() == null ? null : request.threadId().value(),
      request.project().id().value(),
      request.requirements().pool(),
      attempt.machine().value(),
      attempt.incarnation(),
      attempt.number(),
      attempt.claimId().value(),
      attempt.heartbeat(),
      attempt.lease().toMillis(),
      waits(session)
    };
  }

  private void batch(String sql, List<@Nullable Object[]> lines) {
    if (!lines.isEmpty()) {
      jdbc.batchUpdate(sql, lines);
    }
  }
}
