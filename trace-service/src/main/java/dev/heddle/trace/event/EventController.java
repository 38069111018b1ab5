package dev.heddle.trace.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.heddle.contracts.TraceBody;
import dev.heddle.rest.Page;
import dev.heddle.rest.Refuses;
import dev.heddle.trace.api.Arguments;
import dev.heddle.trace.log.Entry.Event;
import dev.heddle.trace.log.LogPosition;
import dev.heddle.trace.log.PositionCursor;
import dev.heddle.trace.sql.ReadSnapshots;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves the raw events of a session, page by page in either direction. */
@RestController
class EventController {

  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST = 1_000;
  private static final List<String> ORDERS = List.of("asc", "desc");

  private final EventReader events;
  private final ReadSnapshots snapshots;

  EventController(EventReader events, ReadSnapshots snapshots) {
    this.events = events;
    this.snapshots = snapshots;
  }

  /**
   * One event.
   *
   * @param id its place, for {@code after} and for a stream's {@code Last-Event-ID}
   * @param seq its number within its attempt and origin
   * @param origin the service that it comes from: {@code worker}, {@code session} or {@code thread}
   * @param cleaned whether characters that are no text were replaced; true or absent
   * @param body what happened; of kind {@code unreadable} where the event could not be read
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record EventItem(
      String id,
      UUID sessionId,
      @Nullable UUID threadId,
      int attempt,
      long seq,
      String origin,
      Instant at,
      @Nullable Boolean cleaned,
      @Schema(implementation = TraceBody.class) @JsonRawValue String body) {

    static EventItem of(Event event) {
      return new EventItem(
          PositionCursor.of(event.position()),
          event.id().sessionId(),
          event.threadId(),
          event.id().attempt(),
          event.id().seq(),
          event.id().origin().wire(),
          event.at(),
          event.content().cleaned() ? true : null,
          event.content().json());
    }
  }

  /**
   * Lists the events of a session. Events of attempts that were superseded are left out.
   *
   * @param id the session's UUID
   * @param after the {@code id} of the last event that you have; without it, the first page
   * @param order {@code asc} for the oldest first, {@code desc} for the newest first
   */
  @Refuses("invalid_parameter")
  @GetMapping("/api/sessions/{id}/events")
  Page<EventItem> ofSession(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String after,
      @Parameter(
              schema =
                  @Schema(type = "integer", minimum = "1", maximum = "1000", defaultValue = "100"))
          @RequestParam(required = false)
          @Nullable Integer limit,
      @Parameter(
              schema =
                  @Schema(
                      type = "string",
                      allowableValues = {"asc", "desc"},
                      defaultValue = "asc"))
          @RequestParam(required = false)
          @Nullable String order) {
    UUID session = Arguments.id(id);
    int most = Arguments.limit(limit, DEFAULT_LIMIT, MOST);
    boolean newestFirst = Arguments.oneOf("order", order, ORDERS).equals("desc");
    LogPosition from = after == null ? null : PositionCursor.parse(after);
    return Objects.requireNonNull(
        snapshots.transactions().execute(_ -> read(session, from, most, newestFirst)));
  }

  private Page<EventItem> read(
      UUID session, @Nullable LogPosition from, int limit, boolean newestFirst) {
    EventReader.Place place = events.place(session).orElse(null);
    if (place == null) {
      return new Page<>(List.of(), null);
    }
    long after = from == null || newestFirst ? -1 : from.ordinal();
    long before = from == null || !newestFirst ? Long.MAX_VALUE : from.ordinal();
    EventReader.Page page = events.ofSession(place, session, after, before, limit, newestFirst);
    List<EventItem> items = page.events().stream().map(EventItem::of).toList();
    return new Page<>(items, page.full() ? items.getLast().id() : null);
  }
}
