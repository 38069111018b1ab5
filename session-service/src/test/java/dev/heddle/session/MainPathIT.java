package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MainPathIT extends ServiceIT {

  @Test
  void aSessionRunsFromItsRequestToItsEndAndEveryChangeIsTold() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 2);
    RunRequested run = run(project(), pool);
    SessionId session = submit(run);

    ClaimGranted granted = worker.take(wire.offer(pool, session));
    assertThat(granted.run().prompt()).isEqualTo("echo hello");
    assertThat(granted.attempt()).isEqualTo(1);
    worker.start(granted);
    reached(session, SessionStatus.RUNNING);
    worker.report(
        granted,
        new SessionFact.MessageCompleted(
            new MessageId(UUID.randomUUID()), "hello", MessageStatus.COMPLETED, false));
    worker.complete(granted);

    SessionChanged last = reached(session, SessionStatus.COMPLETED);
    List<SessionChanged> changes = wire.changesOf(session);
    assertThat(changes)
        .extracting(SessionChanged::version)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, last.version()).boxed().toList());
    assertThat(changes)
        .extracting(change -> change.session().status())
        .containsExactly(
            SessionStatus.QUEUED,
            SessionStatus.CLAIMED,
            SessionStatus.CLAIMED,
            SessionStatus.RUNNING,
            SessionStatus.RUNNING,
            SessionStatus.COMPLETED);
    assertThat(changes.get(1).cause()).isEqualTo("claimed by " + worker.machine);
    assertThat(changes.get(4).fact()).isInstanceOf(SessionFact.MessageCompleted.class);
    assertThat(last.session().phase()).isNull();

    List<TraceRecord> trace = wire.traceOf(session);
    assertThat(trace)
        .filteredOn(TraceRecord.TraceEvent.class::isInstance)
        .extracting(record -> ((TraceRecord.TraceEvent) record).seq())
        .containsExactly(1L, 2L, 4L, 6L);
    assertThat(trace)
        .filteredOn(TraceRecord.TraceEvent.class::isInstance)
        .allSatisfy(record -> {
          TraceRecord.TraceEvent event = (TraceRecord.TraceEvent) record;
          assertThat(event.origin()).isEqualTo(Origin.SESSION);
          assertThat(event.attempt()).isZero();
        });
    assertThat(trace.getLast())
        .extracting(record -> ((TraceRecord.TraceEvent) record).body())
        .isEqualTo(new TraceBody.StatusEntered(SessionStatus.COMPLETED, 1, worker.machine, null));
    assertThat(trace)
        .filteredOn(TraceRecord.AttemptClosed.class::isInstance)
        .singleElement()
        .extracting(TraceRecord::attempt)
        .isEqualTo(1);

    Answer shown = get("/api/sessions/" + session);
    assertThat(shown.status()).isEqualTo(200);
    assertThat(shown.text("status")).isEqualTo("completed");
    assertThat(shown.text("machine")).isEqualTo(worker.machine.value());
    assertThat(shown.text("directory")).isEqualTo("/srv/here");
    assertThat(shown.body().path("exitCode").asInt()).isZero();
    assertThat(get("/api/sessions/" + session + "/transitions").body().path("items"))
        .extracting(item -> item.path("to").asString())
        .containsExactly("queued", "claimed", "running", "completed");
    assertThat(openWorkOf(session)).isZero();
  }

  private int openWorkOf(SessionId session) {
    return sql.sql(
            """
            select (select count(*) from backlog where session_id = :id)
                 + (select count(*) from slot where session_id = :id)
                 + (select count(*) from offer where session_id = :id)
            """)
        .param("id", session.value())
        .query(Integer.class)
        .single();
  }
}
