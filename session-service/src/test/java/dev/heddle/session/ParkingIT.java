package dev.heddle.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.ParkedRecord;
import dev.heddle.contracts.ProjectChanged;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Json;
import dev.heddle.testkit.Poison;
import dev.heddle.testkit.TestParking;
import io.micrometer.core.instrument.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever comes on a topic that the service reads, it is parked, and what follows is handled. */
class ParkingIT extends ServiceIT {

  private static final String STRANGER = "0199a2c4-7e00-7abc-8def-0123456789ab";

  /** A topic, and how a good record behind the bad ones shows that it was taken. */
  enum Read {
    REQUESTED {
      @Override
      Topic topic() {
        return Topics.SESSION_REQUESTED;
      }

      @Override
      Case of(ParkingIT it) {
        RunRequested run = it.run(it.project(), fresh("pool"));
        String key = run.threadId().toString();
        return new Case(
            key,
            Map.of(
                "{\"type\":\"run.teleported\",\"threadId\":\"%s\"}", "unknown_type",
                "{\"type\":\"run.requested\",\"threadId\":\"%s\"}", "unreadable"),
            Json.string(it.run(it.project(), "p")),
            () -> {
              it.submit(run);
              it.reached(run.sessionId(), SessionStatus.QUEUED);
            });
      }
    },
    CLAIMS {
      @Override
      Topic topic() {
        return Topics.SESSION_CLAIMS;
      }

      @Override
      Case of(ParkingIT it) {
        String pool = fresh("pool");
        FakeWorker worker = it.online(pool, 1);
        SessionId session = it.submit(it.run(it.project(), pool));
        var offer = it.wire.offer(pool, session);
        return new Case(
            session.toString(),
            Map.of(
                "{\"type\":\"claim.teleported\",\"sessionId\":\"%s\"}", "unknown_type",
                "{\"type\":\"claim.made\",\"sessionId\":\"%s\"}", "unreadable"),
            "{\"type\":\"claim.made\",\"sessionId\":\"%s\"}".formatted(STRANGER),
            () -> worker.take(offer));
      }
    },
    EVENTS {
      @Override
      Topic topic() {
        return Topics.SESSION_EVENTS;
      }

      @Override
      Case of(ParkingIT it) {
        String pool = fresh("pool");
        FakeWorker worker = it.online(pool, 1);
        SessionId session = it.submit(it.run(it.project(), pool));
        var granted = worker.take(it.wire.offer(pool, session));
        return new Case(
            session.toString(),
            Map.of(
                "{\"sessionId\":\"%s\",\"fact\":{\"type\":\"engine.teleported\"}}",
                "unknown_type",
                "{\"sessionId\":\"%%s\",\"attempt\":1,\"machineId\":\"%s\",\"incarnation\":%d,\"seq\":1}"
                    .formatted(worker.machine, granted.incarnation()),
                "unreadable"),
            "{\"sessionId\":\"%s\"}".formatted(STRANGER),
            () -> {
              worker.start(granted);
              it.reached(session, SessionStatus.RUNNING);
              worker.complete(granted);
              it.reached(session, SessionStatus.COMPLETED);
            });
      }
    },
    PROJECTS {
      @Override
      Topic topic() {
        return Topics.PROJECT_CHANGED;
      }

      @Override
      Case of(ParkingIT it) {
        ProjectId id = new ProjectId(it.ids.next());
        return new Case(
            id.toString(),
            Map.of(
                "{\"type\":\"project.teleported\"}", "unreadable",
                "{\"projectId\":\"%s\",\"version\":1}", "unreadable"),
            "{\"projectId\":\"%s\"}".formatted(STRANGER),
            () -> {
              it.wire.project(
                  new ProjectChanged(
                      id,
                      1,
                      fresh("p"),
                      null,
                      null,
                      null,
                      null,
                      OnLost.RESUME,
                      false,
                      it.clock.instant()));
              await()
                  .atMost(Wire.PATIENCE)
                  .until(() ->
                      it.sql
                              .sql("select count(*) from project where id = :id")
                              .param("id", id.value())
                              .query(Integer.class)
                              .single()
                          == 1);
            });
      }
    },
    HEARTBEATS {
      @Override
      Topic topic() {
        return Topics.WORKER_HEARTBEATS;
      }

      @Override
      Case of(ParkingIT it) {
        FakeWorker worker = it.worker(fresh("pool"), 1);
        return new Case(
            worker.machine.value(),
            Map.of(
                "{\"type\":\"machine.teleported\"}", "unreadable",
                "{\"machineId\":\"%s\"}", "unreadable"),
            "{\"machineId\":\"somebody-else\"}",
            () -> it.comeOnline(worker));
      }
    };

    abstract Topic topic();

    abstract Case of(ParkingIT it);
  }

  /**
   * What is sent under one key, and so to one partition.
   *
   * @param bad payloads with their place for the key, and the code that each is parked with
   * @param stray a good record of another key
   * @param good sends a good record and waits for its effect
   */
  record Case(String key, Map<String, String> bad, String stray, Runnable good) {}

  @ParameterizedTest
  @EnumSource
  void whatCannotBeTakenIsParkedAndCountedAndTheNextIsHandled(Read read) {
    Case of = read.of(this);
    double before = parked(read.topic());
    List<String> expected = new ArrayList<>();
    for (Poison poison : Poison.values()) {
      wire.deliver(read.topic(), of.key(), poison.payload());
      expected.add("unreadable");
    }
    of.bad()
        .forEach((payload, code) -> {
          wire.deliver(read.topic(), of.key(), payload.formatted(of.key()).getBytes(UTF_8));
          expected.add(code);
        });
    wire.deliver(read.topic(), of.key(), of.stray().getBytes(UTF_8));
    expected.add("wrong_key");

    of.good().run();

    List<ParkedRecord> parked = TestParking.await(read.topic().name(), of.key(), expected.size());
    assertThat(parked).extracting(ParkedRecord::code).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(parked).extracting(ParkedRecord::consumer).containsOnly(Topics.SESSION_SERVICE);
    assertThat(parked).extracting(ParkedRecord::offset).doesNotHaveDuplicates();
    assertThat(parked(read.topic()) - before).isEqualTo(expected.size());
  }

  private double parked(Topic topic) {
    return meters.find("heddle.parked.records").tag("topic", topic.name()).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }
}
