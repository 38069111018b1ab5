package dev.heddle.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.Keyed;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.FakeParking.Parked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionOperations;

class BatchInboundTest {

  private static final String TRACEPARENT =
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  record Note(String text) {}

  private final FakeParking parking = new FakeParking();
  private final BatchInbound inbound =
      new BatchInbound(TransactionOperations.withoutTransaction(), parking);
  private final List<List<String>> calls = new ArrayList<>();

  @Test
  void givesTheWholeBatchOnceWithWhereItCameFrom() {
    List<Received<Note>> seen = new ArrayList<>();
    inbound.handle(List.of(note(0, "a"), note(1, "b")), Note.class, seen::addAll);

    assertThat(seen).extracting(it -> it.value().text()).containsExactly("a", "b");
    assertThat(seen.getFirst())
        .isEqualTo(
            new Received<>(
                new Note("a"),
                "key",
                "notes",
                3,
                0,
                Instant.ofEpochMilli(1_000),
                new TraceId("4bf92f3577b34da6a3ce929d0e0e4736"),
                Map.of("traceparent", TRACEPARENT)));
  }

  @Test
  void parksTheUnreadableAndHandlesTheRestOnce() {
    inbound.handle(
        List.of(note(0, "a"), raw(1, "no json"), raw(2, null), note(3, "b")),
        Note.class,
        this::record);

    assertThat(calls).containsExactly(List.of("a", "b"));
    assertThat(parking.parked).extracting(Parked::offset).containsExactly(1L, 2L);
    assertThat(parking.parked).extracting(Parked::code).containsOnly("unreadable");
  }

  @Test
  void parksWhatStrayedToAnotherKeyOrLacksItsOwn() {
    inbound.handle(
        List.of(
            raw(0, "{\"id\":\"key\"}"),
            raw(1, "{\"id\":\"other\"}"),
            raw(2, "{}"),
            raw(3, "{\"id\":\"key\"}")),
        Mine.class,
        received -> calls.add(received.stream().map(it -> it.value().id()).toList()));

    assertThat(calls).containsExactly(List.of("key", "key"));
    assertThat(parking.parked)
        .containsExactly(
            new Parked(1, "wrong_key", "speaks of 'other', which is not its key"),
            new Parked(2, "unreadable", "lacks id"));
  }

  record Mine(String id) implements Keyed {
    @Override
    public String key() {
      return id.toString();
    }
  }

  @Test
  void neverCallsTheHandlerWithNothing() {
    inbound.handle(List.of(raw(0, "no json")), Note.class, this::record);

    assertThat(calls).isEmpty();
    assertThat(parking.parked).hasSize(1);
  }

  @Test
  void parksOnlyThePoisonAndAppliesItsNeighboursInOrder() {
    List<String> applied = new ArrayList<>();
    List<ConsumerRecord<String, byte[]>> batch =
        IntStream.range(0, 100).mapToObj(n -> note(n, n == 37 ? "poison" : "n" + n)).toList();

    inbound.handle(batch, Note.class, allOrNothing(applied));

    assertThat(applied)
        .containsExactlyElementsOf(
            IntStream.range(0, 100).filter(n -> n != 37).mapToObj(n -> "n" + n).toList());
    assertThat(parking.parked)
        .containsExactly(new Parked(37, "failed", "IllegalArgumentException: poison"));
    assertThat(calls).as("attempts, by halving").hasSizeLessThan(20);
  }

  @Test
  void aRecordThatOverflowsTheStackIsParkedAsAnyOther() {
    inbound.handle(
        List.of(note(0, "a"), note(1, "deep")),
        Note.class,
        received -> {
          if (received.stream().anyMatch(it -> it.value().text().equals("deep"))) {
            throw new StackOverflowError();
          }
          record(received);
        });

    assertThat(calls).containsExactly(List.of("a"));
    assertThat(parking.parked).extracting(Parked::offset).containsExactly(1L);
  }

  @Test
  void throwsTransientFailuresOnAndParksNothing() {
    var deadlock = new CannotAcquireLockException("deadlock");

    assertThatThrownBy(() ->
            inbound.handle(
                List.of(note(0, "a"), raw(1, "no json")),
                Note.class,
                received -> {
                  throw deadlock;
                }))
        .isSameAs(deadlock);
    assertThat(parking.parked).isEmpty();
  }

  @Test
  void throwsOnATransientFailureThatStrikesWhileThePoisonIsSought() {
    assertThatThrownBy(() ->
            inbound.handle(
                List.of(note(0, "a"), note(1, "poison")),
                Note.class,
                received -> {
                  record(received);
                  if (received.size() == 1) {
                    throw new CannotAcquireLockException("deadlock");
                  }
                  throw new DataIntegrityViolationException("bad");
                }))
        .isInstanceOf(CannotAcquireLockException.class);
    assertThat(calls).containsExactly(List.of("a", "poison"), List.of("a"));
    assertThat(parking.parked).isEmpty();
  }

  @Test
  void parksNothingWhileTheServiceStops() {
    inbound.onApplicationEvent(new ContextClosedEvent(new StaticApplicationContext()));

    assertThatThrownBy(() ->
            inbound.handle(
                List.of(note(0, "a")),
                Note.class,
                received -> {
                  throw new IllegalStateException("pool is closed");
                }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(parking.parked).isEmpty();
  }

  private void record(List<Received<Note>> received) {
    calls.add(received.stream().map(it -> it.value().text()).toList());
  }

  /** Applies a part as one transaction would: all of it, or nothing when it holds the poison. */
  private Consumer<List<Received<Note>>> allOrNothing(List<String> applied) {
    return received -> {
      record(received);
      List<String> texts = received.stream().map(it -> it.value().text()).toList();
      if (texts.contains("poison")) {
        throw new IllegalArgumentException("poison");
      }
      applied.addAll(texts);
    };
  }

  private static ConsumerRecord<String, byte[]> note(long offset, String text) {
    return raw(offset, Json.string(new Note(text)));
  }

  private static ConsumerRecord<String, byte[]> raw(long offset, String payload) {
    return new ConsumerRecord<>(
        "notes",
        3,
        offset,
        1_000,
        TimestampType.CREATE_TIME,
        -1,
        -1,
        "key",
        payload == null ? null : payload.getBytes(UTF_8),
        new RecordHeaders(List.of(new RecordHeader("traceparent", TRACEPARENT.getBytes(UTF_8)))),
        Optional.empty());
  }
}
