package dev.heddle.contracts;

import java.time.Duration;
import java.util.List;

/** Every topic that Heddle uses: name, key, owner and retention, in one place. */
public final class Topics {

  /** Of every keyed topic. Enough for the largest fleet that one cluster serves; never changed. */
  static final int PARTITIONS = 12;

  public static final String THREAD_SERVICE = "thread-service";
  public static final String SESSION_SERVICE = "session-service";
  public static final String TRACE_SERVICE = "trace-service";
  public static final String WORKER_AGENT = "worker-agent";

  /** The pool of a worker, and of a session, that names none. */
  public static final String DEFAULT_POOL = "default";

  private static final String POOL_PREFIX = "session.queued.";

  /**
   * {@link SessionRequest}: a run is asked for, its cancellation, a decision, input or a reply to
   * it. Key: thread, or session without one.
   */
  public static final Topic SESSION_REQUESTED =
      Topic.keyed("session.requested", "thread or session", THREAD_SERVICE, Duration.ofDays(7));

  /** {@link SessionClaim}: a worker answers an offer. Key: session. */
  public static final Topic SESSION_CLAIMS =
      Topic.keyed("session.claims", "session", SESSION_SERVICE, Duration.ofDays(1));

  /**
   * {@link ControlMessage}: what session-service tells one machine. Key: machine. Each worker reads
   * the one partition that its id hashes to, and filters.
   */
  public static final Topic SESSION_CONTROL =
      Topic.keyed("session.control", "machine", SESSION_SERVICE, Duration.ofDays(7));

  /** {@link SessionEvent}: state-bearing facts of a run, read by session-service alone. */
  public static final Topic SESSION_EVENTS =
      Topic.keyed("session.events", "session", SESSION_SERVICE, Duration.ofDays(7));

  /**
   * {@link SessionChanged}: the accepted state of sessions. Key: thread, or session without one.
   */
  public static final Topic SESSION_CHANGED =
      Topic.keyed("session.changed", "thread or session", SESSION_SERVICE, Duration.ofDays(7));

  /** {@link ProjectChanged}: the settings of a project that sessions follow. Key: project. */
  public static final Topic PROJECT_CHANGED =
      Topic.keyed("project.changed", "project", THREAD_SERVICE, Duration.ofDays(7));

  /** {@link UserChanged}: what a person has set for all of their runs. Key: user. */
  public static final Topic USER_CHANGED =
      Topic.keyed("user.changed", "user", THREAD_SERVICE, Duration.ofDays(7));

  /** {@link ThreadChanged}: what changed of a thread, for live copies. Key: thread. */
  public static final Topic THREAD_CHANGED =
      Topic.keyed("thread.changed", "thread", THREAD_SERVICE, Duration.ofDays(7));

  /** {@link MachineChanged}: machines as lists show them. Key: machine. */
  public static final Topic MACHINE_CHANGED =
      Topic.keyed("machine.changed", "machine", SESSION_SERVICE, Duration.ofDays(7));

  /** {@link TraceRecord}: the full timeline. Key: thread, or session without one. */
  public static final Topic TRACE_EVENTS =
      Topic.keyed("trace.events", "thread or session", TRACE_SERVICE, Duration.ofDays(7));

  /** {@link Heartbeat}: the last word of every machine. Key: machine. */
  public static final Topic WORKER_HEARTBEATS =
      new Topic(
          "worker.heartbeats", PARTITIONS, "machine", SESSION_SERVICE, Duration.ofDays(1), true);

  /**
   * {@link ParkedRecord}: what a consumer could not read or apply, for a person. Key: source topic.
   */
  public static final Topic PARKED =
      new Topic("parked", 1, "source topic", TRACE_SERVICE, Duration.ofDays(30), false);

  /** All topics of fixed name; those of pools are made when the pool is first seen. */
  public static final List<Topic> ALL =
      List.of(
          SESSION_REQUESTED,
          queued(DEFAULT_POOL),
          SESSION_CLAIMS,
          SESSION_CONTROL,
          SESSION_EVENTS,
          SESSION_CHANGED,
          PROJECT_CHANGED,
          USER_CHANGED,
          THREAD_CHANGED,
          MACHINE_CHANGED,
          TRACE_EVENTS,
          WORKER_HEARTBEATS,
          PARKED);

  private Topics() {}

  /**
   * {@link SessionQueued}: offers to whichever worker of a pool is free. One partition, since a
   * share group gives each member a subset of several and a full worker would strand its own.
   *
   * @param pool {@link #DEFAULT_POOL}, or a name of 1 to 63 characters of {@code a-z 0-9 _ -}
   */
  public static Topic queued(String pool) {
    if (!isPoolName(pool)) {
      throw new IllegalArgumentException(
          "pool must be 1 to 63 characters of a-z 0-9 _ - and begin with a letter or digit");
    }
    String name = pool.equals(DEFAULT_POOL) ? "session.queued" : POOL_PREFIX + pool;
    return new Topic(name, 1, "session", SESSION_SERVICE, Duration.ofHours(1), false);
  }

  /** Whether a topic is called so: one of fixed name, or that of a pool. */
  public static boolean isName(String text) {
    if (text.startsWith(POOL_PREFIX)) {
      String pool = text.substring(POOL_PREFIX.length());
      return isPoolName(pool) && queued(pool).name().equals(text);
    }
    return ALL.stream().anyMatch(topic -> topic.name().equals(text));
  }

  /** The share group in which the workers of a pool consume {@link #queued}. */
  public static String workersOf(String pool) {
    return "workers." + pool;
  }

  /** Whether a text can name a pool. */
  public static boolean isPoolName(String text) {
    return text.matches("[a-z0-9][a-z0-9_-]{0,62}");
  }
}
