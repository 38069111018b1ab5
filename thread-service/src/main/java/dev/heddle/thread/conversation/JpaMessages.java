package dev.heddle.thread.conversation;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.feed.ThreadFeed;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Messages in PostgreSQL. A path is walked from its end, row by row by the primary key, and no
 * further than what is asked for.
 */
@Repository
class JpaMessages implements Messages {

  private static final String PATH =
      """
      with recursive line (id, parent_id, ordinal) as (
        select id, parent_id, ordinal from message where id = :leaf
        union all
        select m.id, m.parent_id, m.ordinal from line
        join message m on m.id = line.parent_id
        where %s
      )
      """;

  private final EntityManager entities;
  private final JdbcClient jdbc;
  private final ThreadFeed feed;

  JpaMessages(EntityManager entities, JdbcClient jdbc, ThreadFeed feed) {
    this.entities = entities;
    this.jdbc = jdbc;
    this.feed = feed;
  }

  @Override
  public void add(Message message) {
    entities.persist(message);
    changed(message);
  }

  @Override
  public void addCopy(Message message) {
    entities.persist(message);
  }

  @Override
  public void changed(Message message) {
    feed.note(message.thread(), message.told());
  }

  @Override
  public void mark(MessageId id, MessageStatus status) {
    Message message = find(id);
    if (message != null && message.becomes(status)) {
      changed(message);
    }
  }

  @Override
  public @Nullable Message find(MessageId id) {
    return entities.find(Message.class, id.value());
  }

  @Override
  public List<Message> openOf(SessionId session) {
    return entities
        .createQuery(
            "select m from Message m where m.sessionId = :session"
                + " and m.status in (PENDING, STREAMING) order by m.ordinal",
            Message.class)
        .setParameter("session", session.value())
        .getResultList();
  }

  @Override
  public MessageId newestBelow(MessageId id) {
    flush();
    return new MessageId(
        jdbc.sql(
                """
                with recursive below (id, ordinal) as (
                  select id, ordinal from message where id = :id
                  union all
                  select m.id, m.ordinal from below join message m on m.parent_id = below.id
                )
                select id from below order by ordinal desc limit 1
                """)
            .param("id", id.value())
            .query(UUID.class)
            .single());
  }

  @Override
  public boolean isOnPath(MessageId id, @Nullable MessageId leaf) {
    if (leaf == null) {
      return false;
    }
    flush();
    return jdbc.sql(
            PATH.formatted("m.ordinal >= (select ordinal from message where id = :id)")
                + "select exists (select from line where id = :id)")
        .param("leaf", leaf.value())
        .param("id", id.value())
        .query(Boolean.class)
        .single();
  }

  @Override
  public List<Utterance> lastOfPath(MessageId leaf, int count) {
    flush();
    return jdbc.sql(
            """
            with recursive line (id, parent_id, distance) as (
              select id, parent_id, 1 from message where id = :leaf
              union all
              select m.id, m.parent_id, line.distance + 1 from line
              join message m on m.id = line.parent_id
              where line.distance < :count
            )
            select m.ordinal, m.role,
              case when m.of_service or (m.role = 'USER' and m.status = 'FAILED') then ''
                else m.text end as text
            from line join message m on m.id = line.id
            order by m.ordinal
            """)
        .param("leaf", leaf.value())
        .param("count", count)
        .query((row, _) ->
            new Utterance(
                row.getInt("ordinal"), Role.valueOf(row.getString("role")), row.getString("text")))
        .list();
  }

  @Override
  public List<Message> all(ThreadId thread, int afterOrdinal, int count) {
    return entities
        .createQuery(
            "select m from Message m where m.threadId = :thread and m.ordinal > :after"
                + " order by m.ordinal",
            Message.class)
        .setParameter("thread", thread.value())
        .setParameter("after", afterOrdinal)
        .setMaxResults(count)
        .getResultList();
  }

  @Override
  public List<Message> path(@Nullable MessageId leaf, int afterOrdinal, int count) {
    if (leaf == null) {
      return List.of();
    }
    flush();
    List<UUID> ids =
        jdbc.sql(
                PATH.formatted("m.ordinal > :after")
                    + "select id from line where ordinal > :after order by ordinal limit :count")
            .param("leaf", leaf.value())
            .param("after", afterOrdinal)
            .param("count", count)
            .query((row, _) -> row.getObject(1, UUID.class))
            .list();
    return byIds(ids);
  }

  @Override
  public List<Message> leaves(ThreadId thread, int beforeOrdinal, int count) {
    return entities
        .createQuery(
            "select m from Message m where m.threadId = :thread and m.ordinal < :before"
                + " and not exists (select 1 from Message c where c.parentId = m.id)"
                + " order by m.ordinal desc",
            Message.class)
        .setParameter("thread", thread.value())
        .setParameter("before", beforeOrdinal)
        .setMaxResults(count)
        .getResultList();
  }

  @Override
  public Map<String, List<MessageId>> children(
      ThreadId thread, Collection<? extends @Nullable MessageId> parents) {
    Set<String> known =
        parents.stream().filter(Objects::nonNull).map(Object::toString).collect(Collectors.toSet());
    Map<String, List<MessageId>> children = new HashMap<>();
    jdbc.sql(
            """
            select parent_id, id from message
            where thread_id = :thread
              and (parent_id = any (cast(:parents as uuid[])) or (:roots and parent_id is null))
            order by ordinal
            """)
        .param("thread", thread.value())
        .param("parents", "{" + String.join(",", known) + "}")
        .param("roots", parents.stream().anyMatch(Objects::isNull))
        .query((row, _) -> {
          UUID parent = row.getObject(1, UUID.class);
          return children
              .computeIfAbsent(parent == null ? "" : parent.toString(), _ -> new ArrayList<>())
              .add(new MessageId(row.getObject(2, UUID.class)));
        })
        .list();
    return children;
  }

  /** A path is walked in the database, which has what the caller added no sooner than this. */
  private void flush() {
    if (TransactionSynchronizationManager.isActualTransactionActive()) {
      entities.flush();
    }
  }

  private List<Message> byIds(List<UUID> ids) {
    return ids.isEmpty()
        ? List.of()
        : entities
            .createQuery(
                "select m from Message m where m.id in :ids order by m.ordinal", Message.class)
            .setParameter("ids", ids)
            .getResultList();
  }
}
