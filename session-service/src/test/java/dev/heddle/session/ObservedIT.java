package dev.heddle.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.Headers;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What operators see of sessions. */
class ObservedIT extends ServiceIT {

  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.heddle.session");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.list = java.util.Collections.synchronizedList(lines.list);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void silence() {
    logger.detachAppender(lines);
  }

  @Test
  void whateverIsSaidAndLoggedOfASessionIsUnderTheTraceOfItsRequest() {
    TraceId trace = TraceId.random();
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    RunRequested run = run(project(), pool);
    wire.request(run, trace);

    // The worker answers without a trace, as an old one would.
    ClaimGranted granted = worker.take(wire.offer(pool, run.sessionId()));
    worker.start(granted);
    worker.complete(granted);
    reached(run.sessionId(), SessionStatus.COMPLETED);

    await("the end of the timeline")
        .atMost(Wire.PATIENCE)
        .until(() ->
            wire.saidOf(run.sessionId()).stream()
                .anyMatch(record -> new String(record.value(), UTF_8).contains("attempt.closed")));
    assertThat(wire.saidOf(run.sessionId()))
        .hasSizeGreaterThan(8)
        .allSatisfy(record -> assertThat(Headers.traceOf(record)).isEqualTo(trace));
    List<Map<String, String>> entered =
        Stream.of(lines.list.toArray(ILoggingEvent[]::new))
            .filter(line -> line.getMessage().equals("session entered a status"))
            .map(ILoggingEvent::getMDCPropertyMap)
            .filter(ids -> run.sessionId().toString().equals(ids.get("session")))
            .toList();
    assertThat(entered)
        .hasSize(4)
        .allSatisfy(ids ->
            assertThat(ids)
                .containsEntry("trace", trace.value())
                .containsEntry("thread", run.threadId().toString()));
    assertThat(entered.getFirst()).doesNotContainKey("attempt");
    assertThat(entered.getLast()).containsEntry("attempt", "1");
  }

  @Test
  void aStaleFactIsLoggedUnderItsOwnTraceWithItsSession() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    RunRequested run = run(project(), pool);
    ClaimGranted granted = worker.take(wire.offer(pool, submit(run)));
    worker.complete(granted);
    reached(run.sessionId(), SessionStatus.FAILED);

    worker.start(granted);

    await("the refusal")
        .atMost(Wire.PATIENCE)
        .until(() ->
            Stream.of(lines.list.toArray(ILoggingEvent[]::new))
                .filter(line -> line.getMessage().equals("refused a stale fact"))
                .map(ILoggingEvent::getMDCPropertyMap)
                .anyMatch(ids ->
                    run.sessionId().toString().equals(ids.get("session"))
                        && "1".equals(ids.get("attempt"))
                        && TraceId.ofHeader("00-" + ids.get("trace") + "-00f067aa0ba902b7-01")
                            .isPresent()));
  }

  @Test
  void theStagesOfADispatchEndWhereTheNextBegins() {
    String pool = fresh("pool");
    RunRequested run = run(project(), pool);
    double queued = total("accepted_to_queued");
    double offered = total("queued_to_offered");
    double claimed = total("offered_to_claimed");

    clock.advance(Duration.ofSeconds(2));
    submit(run);
    reached(run.sessionId(), SessionStatus.QUEUED);
    clock.advance(Duration.ofSeconds(30));
    FakeWorker worker = online(pool, 1);
    var offer = wire.offer(pool, run.sessionId());
    clock.advance(Duration.ofSeconds(5));
    worker.take(offer);

    assertThat(total("accepted_to_queued") - queued).isEqualTo(2);
    assertThat(total("queued_to_offered") - offered).isEqualTo(30);
    assertThat(total("offered_to_claimed") - claimed).isEqualTo(5);
  }

  private double total(String stage) {
    Timer timer = meters.get("heddle.dispatch.stage").tag("stage", stage).timer();
    return timer.totalTime(TimeUnit.SECONDS);
  }
}
