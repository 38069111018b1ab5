package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.MachineChanged;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.Topics;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What others are told of machines. */
class MachineFeedIT extends ServiceIT {

  private final String pool = fresh("pool");

  /** So many records of a machine, once they are there. */
  private List<MachineChanged> told(FakeWorker worker, int count) {
    return await("%d changes of %s".formatted(count, worker.machine))
        .atMost(Wire.PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> wire.changesOf(worker.machine), changes -> changes.size() >= count);
  }

  private String feedVersion(FakeWorker worker) {
    return get("/api/machines/" + worker.machine).text("feedVersion");
  }

  @Test
  void aMachineIsToldWhenItComesDrainsAndGoesUnderRisingVersions() {
    FakeWorker worker = worker(pool, 2).labelled("gpu", "true").offering("command", "codex");
    comeOnline(worker);
    MachineChanged came = told(worker, 1).getFirst();
    assertThat(came.state()).isEqualTo(MachineState.ONLINE);
    assertThat(came.pool()).isEqualTo(pool);
    assertThat(came.slots()).isEqualTo(2);
    assertThat(came.labels()).containsEntry("gpu", "true");
    assertThat(came.engines()).extracting(engine -> engine.name()).contains("command", "codex");
    assertThat(came.by()).isEqualTo("worker " + worker.machine);

    post("/api/machines/" + worker.machine + "/drain", "");
    MachineChanged drains = told(worker, 2).getLast();
    assertThat(drains.state()).as("as soon as it is wanted").isEqualTo(MachineState.DRAINING);
    assertThat(drains.by()).isEqualTo("local");
    worker.beat(MachineState.DRAINING);
    told(worker, 3);
    post("/api/machines/" + worker.machine + "/resume", "");
    assertThat(told(worker, 4).getLast().wanted()).isEqualTo(MachineState.ONLINE);
    worker.beat(MachineState.OFFLINE);
    assertThat(told(worker, 5).getLast().state()).isEqualTo(MachineState.OFFLINE);

    assertThat(wire.changesOf(worker.machine))
        .extracting(MachineChanged::version)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 5).boxed().toList());
    assertThat(feedVersion(worker)).isEqualTo("5");
  }

  @Test
  void whatOnlyRepeatsItselfIsNotTold() {
    FakeWorker worker = online(pool, 1);
    told(worker, 1);
    for (int i = 0; i < 3; i++) {
      clock.advance(Duration.ofSeconds(11));
      worker.beat();
    }
    wire.awaitTaken(Topics.WORKER_HEARTBEATS, HEARTBEATS);
    post("/api/machines/" + worker.machine + "/resume", "");
    post("/api/machines/" + worker.machine + "/drain", "");
    post("/api/machines/" + worker.machine + "/drain", "");
    assertThat(told(worker, 2)).extracting(MachineChanged::state).endsWith(MachineState.DRAINING);
    assertThat(feedVersion(worker)).as("the state alone moves it").isEqualTo("2");
  }

  @Test
  void aMachineThatFallsSilentIsToldToBeOffline() {
    FakeWorker worker = online(pool, 1);
    told(worker, 1);
    silenceUntil(() -> get("/api/machines/" + worker.machine).text("state").equals("offline"));
    MachineChanged gone = told(worker, 2).getLast();
    assertThat(gone.state()).isEqualTo(MachineState.OFFLINE);
    assertThat(gone.by()).isEqualTo("session-service");
    worker.beat();
    assertThat(told(worker, 3).getLast().state()).isEqualTo(MachineState.ONLINE);
  }
}
