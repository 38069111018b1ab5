package dev.heddle.contracts;

import static dev.heddle.contracts.Topics.SESSION_SERVICE;
import static dev.heddle.contracts.Topics.THREAD_SERVICE;
import static dev.heddle.contracts.Topics.TRACE_SERVICE;
import static dev.heddle.contracts.Topics.WORKER_AGENT;

import java.util.List;

/**
 * What travels on a topic, from whom to whom.
 *
 * @param record the type of every record on it; one of several kinds where it is sealed
 * @param senders who writes it
 * @param receivers who reads it
 */
public record Traffic(Topic topic, Class<?> record, List<String> senders, List<String> receivers) {

  /** Everything that is said, in the order of a run. */
  public static final List<Traffic> ALL =
      List.of(
          new Traffic(
              Topics.SESSION_REQUESTED,
              SessionRequest.class,
              List.of(THREAD_SERVICE),
              List.of(SESSION_SERVICE)),
          new Traffic(
              Topics.queued(Topics.DEFAULT_POOL),
              SessionQueued.class,
              List.of(SESSION_SERVICE),
              List.of(WORKER_AGENT)),
          new Traffic(
              Topics.SESSION_CLAIMS,
              SessionClaim.class,
              List.of(WORKER_AGENT),
              List.of(SESSION_SERVICE)),
          new Traffic(
              Topics.SESSION_CONTROL,
              ControlMessage.class,
              List.of(SESSION_SERVICE),
              List.of(WORKER_AGENT)),
          new Traffic(
              Topics.SESSION_EVENTS,
              SessionEvent.class,
              List.of(WORKER_AGENT),
              List.of(SESSION_SERVICE)),
          new Traffic(
              Topics.SESSION_CHANGED,
              SessionChanged.class,
              List.of(SESSION_SERVICE),
              List.of(THREAD_SERVICE, TRACE_SERVICE)),
          new Traffic(
              Topics.PROJECT_CHANGED,
              ProjectChanged.class,
              List.of(THREAD_SERVICE),
              List.of(SESSION_SERVICE)),
          new Traffic(
              Topics.USER_CHANGED,
              UserChanged.class,
              List.of(THREAD_SERVICE),
              List.of(SESSION_SERVICE)),
          new Traffic(
              Topics.THREAD_CHANGED,
              ThreadChanged.class,
              List.of(THREAD_SERVICE),
              List.of(SESSION_SERVICE, TRACE_SERVICE)),
          new Traffic(
              Topics.MACHINE_CHANGED,
              MachineChanged.class,
              List.of(SESSION_SERVICE),
              List.of(TRACE_SERVICE)),
          new Traffic(
              Topics.TRACE_EVENTS,
              TraceRecord.class,
              List.of(WORKER_AGENT, THREAD_SERVICE, SESSION_SERVICE),
              List.of(TRACE_SERVICE)),
          new Traffic(
              Topics.WORKER_HEARTBEATS,
              Heartbeat.class,
              List.of(WORKER_AGENT),
              List.of(SESSION_SERVICE)),
          new Traffic(
              Topics.PARKED,
              ParkedRecord.class,
              List.of(THREAD_SERVICE, SESSION_SERVICE, TRACE_SERVICE, WORKER_AGENT),
              List.of(TRACE_SERVICE)));

  public Traffic {
    senders = List.copyOf(senders);
    receivers = List.copyOf(receivers);
  }
}
