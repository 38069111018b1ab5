package dev.heddle.trace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord;
import dev.heddle.messaging.Json;
import dev.heddle.testkit.TestKafka;
import dev.heddle.testkit.TestPostgres;
import dev.heddle.trace.Run;
import dev.heddle.trace.TraceServiceIT;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

class IngestIT extends TraceServiceIT {

  @Autowired private MeterRegistry meters;

  @Test
  void twoInstancesShareThePartitionsAndARebalanceUnderLoadRepeatsNothing() {
    List<Run> runs = Stream.generate(Run::ofThread).limit(30).toList();
    runs.forEach(run -> run.prompt("p"));
    lines(runs, 0, 20);
    try (ConfigurableApplicationContext other = anotherInstance()) {
      MeterRegistry others = other.getBean(MeterRegistry.class);
      lines(runs, 20, 40);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              others.get("heddle.trace.ingest.partitions").gauge().value() == 6
                  && meters.get("heddle.trace.ingest.partitions").gauge().value() == 6);
      lines(runs, 40, 60);
    }
    lines(runs, 60, 80);

    String text =
        IntStream.range(0, 80).mapToObj(i -> "line " + i + "\n").reduce("", String::concat);
    for (Run run : runs) {
      awaitStored(run.session, 81);
      assertThat(
              jdbc.queryForObject(
                  "select string_agg(text, '' order by position) from transcript_text where timeline = ?",
                  String.class,
                  run.thread.value()))
          .isEqualTo(text);
    }
  }

  private void lines(List<Run> runs, int from, int to) {
    for (int i = from; i < to; i++) {
      for (Run run : runs) {
        run.line(1, "line " + i);
      }
      publish(runs.stream().flatMap(run -> run.drain().stream()).toList());
    }
  }

  @Test
  void whatIsDeliveredTwiceRecordByRecordAndAsABatchIsStoredAndShownOnce() {
    Run once = lostOnce();
    Run twice = lostOnce();
    publish(once.drain());
    List<TraceRecord> all = twice.drain();
    all.forEach(record -> publish(List.of(record, record)));
    publish(all);
    publish(all);
    // In the same partition, so that all before it has been read when it is stored.
    publish(
        twice
            .event(0, Origin.SESSION, 100, new TraceBody.Notice(NoticeLevel.INFO, "the end"))
            .drain());

    long events = all.stream().filter(TraceRecord.TraceEvent.class::isInstance).count();
    awaitStored(once.session, events);
    awaitStored(twice.session, events + 1);
    assertThat(shown(twice)).startsWith(shown(once).toArray(String[]::new));
    assertThat(shown(twice)).noneMatch(item -> item.contains("late"));
    JsonNode summary = json("/api/sessions/" + twice.session + "/summary");
    assertThat(summary.path("superseded").asLong()).isEqualTo(1);
    assertThat(summary.path("attempt").asInt()).isEqualTo(2);
  }

  /** Attempt 1 is lost and says something late; attempt 2 ends well. */
  private static Run lostOnce() {
    return Run.ofThread()
        .prompt("p")
        .status(SessionStatus.CLAIMED, 1)
        .engineStarted(1)
        .status(SessionStatus.RUNNING, 1)
        .line(1, "one")
        .closed(1, "lease expired")
        .status(SessionStatus.QUEUED, 1)
        .line(1, "late")
        .status(SessionStatus.CLAIMED, 2)
        .engineStarted(2)
        .line(2, "two")
        .end(SessionStatus.COMPLETED, 2);
  }

  private List<String> shown(Run run) {
    return jdbc.queryForList(
        """
        select concat_ws('|', kind, role, status, open, coalesce(text,
          (select string_agg(t.text, '' order by t.position) from transcript_text t
            where t.timeline = i.timeline and t.item_position = i.position)))
        from transcript_item i where timeline = ? order by position
        """,
        String.class,
        run.thread.value());
  }

  @Test
  void whatCannotBeReadIsParkedAndLeavesAPlaceholderWhereItsPlaceIsKnown() {
    Run run = Run.ofThread().prompt("p").line(1, "one").line(1, "two").line(1, "three");
    List<ProducerRecord<String, byte[]>> messages = new ArrayList<>();
    for (var record : run.drain()) {
      String json =
          Json.string(record).replace("\"kind\":\"engine.output\"", kindOf(Json.string(record)));
      messages.add(message(record.key(), json));
    }
    messages.add(2, message(run.thread.toString(), "{ no json"));
    messages.add(2, message("nobody", "{\"type\":\"trace.future\"}"));
    messages.add(2, new ProducerRecord<>(Topics.TRACE_EVENTS.name(), run.thread.toString(), null));
    double before = parked();

    send(messages);
    awaitStored(run.session, 4);

    await().until(() -> parked() - before == 4);
    JsonNode events = json("/api/sessions/%s/events".formatted(run.session)).path("items");
    assertThat(events)
        .extracting(event -> event.path("body").path("kind").asString())
        .containsExactly("message", "engine.output", "unreadable", "engine.output");
    assertThat(events.get(2).path("body").path("original").asString())
        .isEqualTo("engine.teleported");
    assertThat(get("/api/threads/%s/transcript".formatted(run.thread)).body())
        .contains("could not be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"an event", "the close of an attempt"})
  void aConnectionThatBreaksInMidIngestCostsNothingButTime(String what) throws Exception {
    Run run = Run.ofThread().prompt("p").line(1, "one");
    publish(run.drain());
    awaitStored(run.session, 2);
    double before = parked();
    boolean close = what.equals("the close of an attempt");

    try (Connection holder =
            DriverManager.getConnection(
                DATABASE.jdbcUrl(), DATABASE.username(), DATABASE.password());
        Statement lock = holder.createStatement()) {
      holder.setAutoCommit(false);
      lock.execute("lock table trace_event, session_attempt in exclusive mode");
      publish((close ? run.closed(1, "lease expired") : run.line(1, "two")).drain());
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> breakIngest("state = 'active' and wait_event_type = 'Lock'"));
    }

    if (close) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> Objects.equals(closedReason(run), "lease expired"));
    } else {
      awaitStored(run.session, 3);
      assertThat(shown(run)).last().asString().endsWith("one\ntwo\n");
    }
    // In the same partition, so that whatever became of the one before is done.
    publish(
        run.event(0, Origin.SESSION, 100, new TraceBody.Notice(NoticeLevel.INFO, "on")).drain());
    awaitStored(run.session, close ? 3 : 4);
    assertThat(parked()).isEqualTo(before);
  }

  @Test
  void whileTheDatabaseIsAwayTheLagIsToldAndThePartitionsStay() throws Exception {
    Run run = Run.ofThread().prompt("p");
    publish(run.drain());
    awaitStored(run.session, 1);
    awaitLag(0);
    List<String> members = members();
    String role = DATABASE.username();

    TestPostgres.execute("postgres", "alter role \"%s\" nologin".formatted(role));
    try {
      TestPostgres.execute(
          "postgres",
          "select pg_terminate_backend(pid) from pg_stat_activity where usename = '%s'"
              .formatted(role));
      publish(run.line(1, "one").line(1, "two").drain());
      awaitLag(2);
      publish(run.line(1, "three").drain());
      awaitLag(3);
    } finally {
      TestPostgres.execute("postgres", "alter role \"%s\" login".formatted(role));
    }

    awaitStored(run.session, 4);
    awaitLag(0);
    assertThat(members()).isEqualTo(members);
    assertThat(meters.get("heddle.trace.ingest.partitions").gauge().value()).isEqualTo(12);
  }

  private void awaitLag(long records) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat((long) meters.get("heddle.trace.ingest.lag").gauge().value())
                .isEqualTo(records));
  }

  /** Those of ingest's group, by the ids that they have for as long as they stay. */
  private static List<String> members() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
      return admin
          .describeConsumerGroups(List.of(Topics.TRACE_SERVICE))
          .all()
          .get()
          .get(Topics.TRACE_SERVICE)
          .members()
          .stream()
          .map(MemberDescription::consumerId)
          .sorted()
          .toList();
    }
  }

  @Test
  void aConnectionThatHangsInATransactionIsEnded() {
    assertThat(jdbc.queryForObject("show idle_in_transaction_session_timeout", String.class))
        .isEqualTo("1min");
  }

  @Test
  void whatTheDatabaseRefusesIsParkedWithoutItsValues() {
    // Short, since PostgreSQL would show the first 64 characters of each column.
    Run run = Run.ofThread().prompt("hunter2");
    jdbc.execute(
        "alter table trace_event add constraint no_token check (not body::text like '%hunter2%')");
    try {
      publish(run.drain());
      awaitStored(run.session, 1);
      String parked =
          await()
              .atMost(Duration.ofSeconds(20))
              .until(
                  () ->
                      json("/api/parked?code=failed")
                          .path("items")
                          .valueStream()
                          .filter(
                              item -> item.path("key").asString("").equals(run.thread.toString()))
                          .map(item -> item.path("reason").asString())
                          .findFirst()
                          .orElse(""),
                  reason -> !reason.isEmpty());

      assertThat(parked).contains("no_token").doesNotContain("hunter2");
    } finally {
      jdbc.execute("alter table trace_event drop constraint no_token");
    }
  }

  /** Ends ingest's connection where it is in this state, and says whether it was. */
  private boolean breakIngest(String state) {
    return !jdbc.queryForList(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where application_name = 'heddle-ingest' and datname = current_database() and %s
            """
                .formatted(state))
        .isEmpty();
  }

  private String closedReason(Run run) {
    return jdbc.queryForObject(
        "select max(closed_reason) from session_attempt where session_id = ? and attempt = 1",
        String.class,
        run.session.value());
  }

  /** The second line is of a kind that this version does not know. */
  private static String kindOf(String json) {
    return json.contains("\"two\"")
        ? "\"kind\":\"engine.teleported\""
        : "\"kind\":\"engine.output\"";
  }

  @Test
  void nulAndLoneSurrogatesAreStoredCleanAndMarked() {
    Run run = Run.ofThread().line(1, "a\u0000b\uD800c");
    publish(run.drain());
    awaitStored(run.session, 1);

    JsonNode event = json("/api/sessions/%s/events".formatted(run.session)).path("items").get(0);
    assertThat(event.path("cleaned").asBoolean()).isTrue();
    assertThat(event.path("body").path("cleaned").asBoolean()).isTrue();
    assertThat(event.path("body").path("text").asString()).startsWith("a\uFFFDb").endsWith("c");
    JsonNode item = json("/api/threads/%s/transcript".formatted(run.thread)).path("items").get(0);
    assertThat(item.path("cleaned").asBoolean()).isTrue();
  }

  @Test
  void eventsAreReadInPagesInBothDirections() {
    Run run = Run.ofThread().typical("one", "two");
    publish(run.drain());
    awaitStored(run.session, 13);
    String path = "/api/sessions/%s/events?limit=5".formatted(run.session);

    List<String> forward = pages(path);
    List<String> backward = pages(path + "&order=desc");

    assertThat(forward).isEqualTo(storedSequence("session_id", run.session.value()));
    assertThat(backward.reversed()).isEqualTo(forward);
  }

  private List<String> pages(String path) {
    List<String> names = new ArrayList<>();
    String cursor = "";
    for (int page = 0; page < 5; page++) {
      JsonNode read = json(path + cursor);
      read.path("items").forEach(event -> names.add(name(event)));
      if (!read.hasNonNull("nextCursor")) {
        return names;
      }
      cursor = "&after=" + read.path("nextCursor").asString();
    }
    throw new AssertionError("the pages do not end");
  }

  @Test
  void badArgumentsAreRefusedWithTheirCode() {
    String session = "/api/sessions/" + Run.id();
    String thread = "/api/threads/" + Run.id();
    for (String path :
        List.of(
            session + "/events?limit=0",
            session + "/events?limit=1001",
            session + "/events?limit=many",
            session + "/events?order=random",
            session + "/transcript?limit=0",
            thread + "/transcript?limit=1001",
            "/api/sessions/1/events",
            "/api/sessions/1/summary",
            "/api/sessions/1/transcript",
            "/api/threads/1/transcript")) {
      var response = get(path);
      assertThat(response.statusCode()).as(path).isEqualTo(400);
      assertThat(response.body()).as(path).contains("\"invalid_parameter\"");
    }
    for (String path :
        List.of(
            session + "/events?after=x",
            session + "/transcript?cursor=x",
            thread + "/transcript?cursor=x")) {
      var response = get(path);
      assertThat(response.statusCode()).as(path).isEqualTo(400);
      assertThat(response.body()).as(path).contains("\"bad_cursor\"");
    }
    for (String path :
        List.of(
            session + "/events",
            session + "/summary",
            session + "/transcript",
            thread + "/transcript")) {
      assertThat(get(path, "Accept", "*/*").statusCode()).as(path).isEqualTo(401);
    }
  }

  @Test
  void theServiceIsReadyOnceItIngestsAndShowsItsMetrics() {
    assertThat(get("/actuator/health/readiness", "Accept", "*/*").statusCode()).isEqualTo(200);
    Run run = Run.ofThread().prompt("p").status(SessionStatus.QUEUED, 0);
    publish(run.drain());
    awaitStored(run.session, 2);

    String scrape = get("/actuator/prometheus", "Accept", "*/*").body();
    assertThat(scrape)
        .contains("heddle_trace_ingest_batch_records_count")
        .contains("heddle_trace_ingest_lag_records")
        .contains("heddle_trace_events_total")
        .contains("heddle_trace_superseded_total")
        .contains("heddle_trace_streams ");
  }

  private double parked() {
    return meters.find("heddle.parked.records").counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private static ProducerRecord<String, byte[]> message(String key, String json) {
    return new ProducerRecord<>(
        Topics.TRACE_EVENTS.name(), key, json.getBytes(StandardCharsets.UTF_8));
  }
}
