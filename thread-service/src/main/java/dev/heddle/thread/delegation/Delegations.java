package dev.heddle.thread.delegation;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.followup.FollowUpId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The stored delegations. Whoever adds one has locked the trees: {@link Families}. */
@Repository
public class Delegations {

  private static final String BELOW =
      """
      with recursive tree (top, id, distance) as (
        select parent_id, child_id, 1 from delegation where parent_id in (:of)
        union all
        select tree.top, d.child_id, tree.distance + 1 from tree
        join delegation d on d.parent_id = tree.id
      )
      """;

  private final JdbcClient jdbc;

  Delegations(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Where some threads stand; those that work for none are left out. */
  public Map<UUID, DelegationPlace> places(Collection<UUID> threads) {
    return jdbc
        .sql("select * from delegation where child_id in (:threads)")
        .param("threads", threads)
        .query((row, _) -> read(row))
        .list()
        .stream()
        .collect(
            Collectors.toMap(
                one -> one.child().value(),
                one ->
                    new DelegationPlace(
                        one.parent(),
                        one.root(),
                        one.key(),
                        one.depth(),
                        one.hidden() ? Visibility.HIDDEN : Visibility.LISTED)));
  }

  /** How many work for each of some threads; those that have delegated nothing are left out. */
  public Map<UUID, Descendants> descendants(Collection<UUID> threads) {
    // PostgreSQL takes a recursion for large; with a limit it looks each run up all the same.
    return jdbc
        .sql(
            BELOW
                + """
                select tree.top, count(*), count(*) filter (where r.status <> 'IDLE'),
                  sum(r.pending_approvals)
                from tree cross join lateral (
                  select status, pending_approvals from thread_run
                  where thread_id = tree.id limit 1) r
                group by tree.top
                """)
        .param("of", threads)
        .query((row, _) ->
            Map.entry(
                row.getObject(1, UUID.class),
                new Descendants(row.getInt(2), row.getInt(3), row.getInt(4))))
        .list()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  Optional<Delegation> ofChild(ThreadId child) {
    return jdbc.sql("select * from delegation where child_id = ?")
        .param(child.value())
        .query((row, _) -> read(row))
        .optional();
  }

  Optional<Delegation> find(ThreadId parent, String key) {
    return jdbc.sql("select * from delegation where parent_id = ? and key = ?")
        .params(parent.value(), key)
        .query((row, _) -> read(row))
        .optional();
  }

  /** In the order in which they were delegated. */
  List<Delegation> children(ThreadId parent) {
    return jdbc.sql("select * from delegation where parent_id = ? order by created_at, child_id")
        .param(parent.value())
        .query((row, _) -> read(row))
        .list();
  }

  /** Those that work for some threads, directly or not. */
  List<UUID> below(Collection<UUID> threads) {
    return jdbc.sql(BELOW + "select distinct id from tree")
        .param("of", threads)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  /** Those that some threads work for, directly. */
  List<UUID> parents(Collection<UUID> threads) {
    return jdbc.sql("select distinct parent_id from delegation where child_id in (:threads)")
        .param("threads", threads)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  /** How long the longest line below a thread is; 0 where it has delegated nothing. */
  int heightOf(ThreadId thread) {
    return jdbc.sql(BELOW + "select coalesce(max(distance), 0) from tree")
        .param("of", List.of(thread.value()))
        .query(Integer.class)
        .single();
  }

  int sizeOfTree(ThreadId root) {
    return jdbc.sql("select count(*) + 1 from delegation where root_id = ?")
        .param(root.value())
        .query(Integer.class)
        .single();
  }

  int countOfChildren(ThreadId parent) {
    return jdbc.sql("select count(*) from delegation where parent_id = ?")
        .param(parent.value())
        .query(Integer.class)
        .single();
  }

  /** Adds one; what its child has delegated itself belongs to the new tree as well. */
  void add(Delegation added) {
    jdbc.sql(
            """
            insert into delegation (child_id, parent_id, root_id, depth, key, hidden, notify,
              content, created_by, created_at)
            values (:child, :parent, :root, :depth, :key, :hidden, :notify, :content, :by, :at)
            """)
        .param("child", added.child().value())
        .param("parent", added.parent().value())
        .param("root", added.root().value())
        .param("depth", added.depth())
        .param("key", added.key())
        .param("hidden", added.hidden())
        .param("notify", added.tellsParent())
        .param("content", added.content())
        .param("by", added.createdBy())
        .param("at", added.createdAt().atOffset(ZoneOffset.UTC))
        .update();
    jdbc.sql("update delegation set root_id = :root, depth = depth + :depth where root_id = :child")
        .param("root", added.root().value())
        .param("depth", added.depth())
        .param("child", added.child().value())
        .update();
    jdbc.sql("update thread set hidden = ? where id = ?")
        .params(added.hidden(), added.child().value())
        .update();
  }

  void answered(ThreadId child, Delegation.Answer answer) {
    SessionId session = answer.session();
    MessageId message = answer.message();
    FollowUpId followUp = answer.followUp();
    jdbc.sql(
            """
            update delegation set session_id = :session, message_id = :message,
              follow_up_id = :followUp
            where child_id = :child
            """)
        .param("session", session == null ? null : session.value(), Types.OTHER)
        .param("message", message == null ? null : message.value(), Types.OTHER)
        .param("followUp", followUp == null ? null : followUp.value(), Types.OTHER)
        .param("child", child.value())
        .update();
  }

  /**
   * Notes that a run was stopped since that of the thread was which it works for: its result is
   * said to nobody, and nothing follows it by itself. Whoever notes it has locked the run.
   */
  public void stopped(ThreadId child, SessionId session) {
    jdbc.sql(
            """
            update delegation set stopped_session = :session
            where child_id = :child and stopped_session is distinct from :session
            """)
        .param("session", session.value())
        .param("child", child.value())
        .update();
  }

  void ended(ThreadId child, Delegation.Result result) {
    jdbc.sql(
            """
            update delegation set result_status = :status, result_summary = :summary,
              result_session = :session, result_at = :at
            where child_id = :child
            """)
        .param("status", result.status().name())
        .param("summary", result.summary(), Types.VARCHAR)
        .param("session", result.sessionId().value())
        .param("at", result.endedAt().atOffset(ZoneOffset.UTC))
        .param("child", child.value())
        .update();
  }

  private static Delegation read(ResultSet row) throws SQLException {
    return new Delegation(
        new ThreadId(row.getObject("child_id", UUID.class)),
        new ThreadId(row.getObject("parent_id", UUID.class)),
        new ThreadId(row.getObject("root_id", UUID.class)),
        row.getInt("depth"),
        row.getString("key"),
        row.getBoolean("hidden"),
        row.getBoolean("notify"),
        row.getString("content"),
        new Delegation.Answer(
            id(row, "session_id", SessionId::new),
            id(row, "message_id", MessageId::new),
            id(row, "follow_up_id", FollowUpId::new)),
        id(row, "stopped_session", SessionId::new),
        result(row),
        row.getString("created_by"),
        instant(row, "created_at"));
  }

  private static Delegation.@Nullable Result result(ResultSet row) throws SQLException {
    String status = row.getString("result_status");
    return status == null
        ? null
        : new Delegation.Result(
            SessionStatus.valueOf(status),
            row.getString("result_summary"),
            Objects.requireNonNull(id(row, "result_session", SessionId::new)),
            instant(row, "result_at"));
  }

  private static <T> @Nullable T id(ResultSet row, String column, Function<UUID, T> of)
      throws SQLException {
    UUID id = row.getObject(column, UUID.class);
    return id == null ? null : of.apply(id);
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
