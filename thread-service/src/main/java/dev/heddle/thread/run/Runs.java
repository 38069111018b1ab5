package dev.heddle.thread.run;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The stored runs, their history and the sessions that they know. */
@Repository
public class Runs {

  // Tells the locks of unborn threads from other advisory locks; "thre" in ASCII.
  private static final int UNBORN_THREADS = 0x74687265;

  private final EntityManager entities;
  private final JdbcClient jdbc;

  Runs(EntityManager entities, JdbcClient jdbc) {
    this.entities = entities;
    this.jdbc = jdbc;
  }

  public @Nullable ThreadRun find(ThreadId thread) {
    return entities.find(ThreadRun.class, thread.value());
  }

  /** Those of some threads, in no order. */
  public List<ThreadRun> byIds(Collection<UUID> threads) {
    return entities
        .createQuery("select r from ThreadRun r where r.threadId in :ids", ThreadRun.class)
        .setParameter("ids", threads)
        .getResultList();
  }

  /**
   * Keeps others from changing anything of a thread until the caller's transaction ends; null where
   * there is no such thread.
   */
  public @Nullable ThreadRun lock(ThreadId thread) {
    return entities.find(ThreadRun.class, thread.value(), LockModeType.PESSIMISTIC_WRITE);
  }

  /** As {@link #lock}, but null too where somebody else has locked it. */
  public @Nullable ThreadRun lockUnlessBusy(ThreadId thread) {
    boolean locked =
        jdbc.sql("select true from thread_run where thread_id = ? for no key update skip locked")
            .param(thread.value())
            .query(Boolean.class)
            .optional()
            .isPresent();
    return locked ? lock(thread) : null;
  }

  /** As {@link #lock}, but with others who only read; false where there is no such thread. */
  public boolean lockForReading(ThreadId thread) {
    return entities.find(ThreadRun.class, thread.value(), LockModeType.PESSIMISTIC_READ) != null;
  }

  /**
   * As {@link #lock}, for a thread that the caller will make if there is none: of several who would
   * make the same one, the first does, and the others wait for it here.
   */
  public @Nullable ThreadRun lockOrReserve(ThreadId thread) {
    ThreadRun found = lock(thread);
    if (found != null) {
      return found;
    }
    jdbc.sql("select 1 from (select pg_advisory_xact_lock(?, hashtext(?))) as reserved")
        .params(UNBORN_THREADS, thread.toString())
        .query(Integer.class)
        .single();
    return lock(thread);
  }

  public void add(ThreadRun run) {
    entities.persist(run);
  }

  public void remove(ThreadRun run) {
    entities.remove(run);
  }

  /** The history of a thread in its order, after an ordinal. */
  public List<Transition> transitions(ThreadId thread, int afterOrdinal, int count) {
    return entities
        .createQuery(
            "select t from Transition t where t.key.threadId = :thread and t.key.ordinal > :after"
                + " order by t.key.ordinal",
            Transition.class)
        .setParameter("thread", thread.value())
        .setParameter("after", afterOrdinal)
        .setMaxResults(count)
        .getResultList();
  }

  /** Locks the runs of several threads, always in the same order, so that no two wait in a ring. */
  public List<ThreadRun> lockAll(Collection<UUID> threads) {
    if (threads.isEmpty()) {
      return List.of();
    }
    return entities
        .createQuery(
            "select r from ThreadRun r where r.threadId in :ids order by r.threadId",
            ThreadRun.class)
        .setParameter("ids", threads)
        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
        .getResultList();
  }

  List<KnownSession> knownSessions(Collection<UUID> sessions) {
    if (sessions.isEmpty()) {
      return List.of();
    }
    return entities
        .createQuery("select k from KnownSession k where k.sessionId in :ids", KnownSession.class)
        .setParameter("ids", sessions)
        .getResultList();
  }

  /** What the engine of a session may do without asking; null where nobody knows. */
  public @Nullable PermissionPosture permissionOf(SessionId session) {
    KnownSession known = known(session);
    return known == null ? null : known.permission();
  }

  @Nullable KnownSession known(SessionId session) {
    return entities.find(KnownSession.class, session.value());
  }

  /** Locks what is known of sessions without a thread, which have no run that could be locked. */
  List<KnownSession> lockThreadless(Collection<UUID> sessions) {
    if (sessions.isEmpty()) {
      return List.of();
    }
    for (UUID session : sessions.stream().sorted().toList()) {
      jdbc.sql(
              """
              insert into thread_session (session_id, version, done, replied)
              values (?, 0, false, false) on conflict do nothing
              """)
          .param(session)
          .update();
    }
    return entities
        .createQuery(
            "select k from KnownSession k where k.sessionId in :ids order by k.sessionId",
            KnownSession.class)
        .setParameter("ids", sessions)
        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
        .getResultList();
  }

  KnownSession know(SessionId session, ThreadId thread, @Nullable MessageId answers) {
    KnownSession known = new KnownSession(session, thread, answers);
    entities.persist(known);
    return known;
  }

  void add(Transition transition) {
    entities.persist(transition);
  }

  void flush() {
    entities.flush();
  }
}
