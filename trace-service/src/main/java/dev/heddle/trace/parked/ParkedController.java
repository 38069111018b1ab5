package dev.heddle.trace.parked;

import dev.heddle.contracts.Ids;
import dev.heddle.rest.Cursor;
import dev.heddle.rest.Page;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.Refuses;
import dev.heddle.rest.RestError;
import dev.heddle.security.Caller;
import dev.heddle.security.Role;
import dev.heddle.security.SecurityError;
import dev.heddle.trace.api.Arguments;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Parked records, and how to send them once more. */
@RestController
@RequestMapping("/api/parked")
class ParkedController {

  private static final int DEFAULT_LIMIT = 50;
  private static final int MOST = 200;
  private static final List<String> STATES =
      Arrays.stream(ParkedState.values()).map(ParkedState::wire).toList();

  private final ParkedStore store;
  private final Replays replays;

  ParkedController(ParkedStore store, Replays replays) {
    this.store = store;
    this.replays = replays;
  }

  /**
   * Lists records that a service could not read or apply, the latest first, without what they hold.
   * They are kept for 30 days.
   *
   * @param topic where they were
   * @param consumer the service that parked them
   * @param code the kind of reason, such as {@code unreadable} or {@code unknown_type}
   * @param state whether somebody has sent them once more
   */
  @Refuses("invalid_parameter")
  @GetMapping
  Page<ParkedView> list(
      @RequestParam(required = false) @Nullable String topic,
      @RequestParam(required = false) @Nullable String consumer,
      @RequestParam(required = false) @Nullable String code,
      @Parameter(schema = @Schema(implementation = ParkedState.class))
          @RequestParam(required = false)
          @Nullable String state,
      @RequestParam(required = false) @Nullable String cursor,
      @Parameter(
              schema =
                  @Schema(type = "integer", minimum = "1", maximum = "200", defaultValue = "50"))
          @RequestParam(required = false)
          @Nullable Integer limit) {
    int most = Arguments.limit(limit, DEFAULT_LIMIT, MOST);
    var filter =
        new ParkedStore.Filter(topic, consumer, code, state == null ? null : stateOf(state));
    List<ParkedRow> rows = store.list(filter, cursor == null ? null : place(cursor), most);
    return new Page<>(
        rows.stream().map(ParkedView::listed).toList(),
        rows.size() < most ? null : Cursor.encode(rows.getLast().id()));
  }

  /**
   * Shows a parked record with its payload, which may hold what a session was told; that takes the
   * role operator.
   *
   * @param id the parked record's UUID
   */
  @Refuses({"invalid_parameter", "unknown_parked_record"})
  @GetMapping("/{id}")
  ParkedView one(@PathVariable String id, Caller caller) {
    if (!caller.has(Role.OPERATOR)) {
      throw new ProblemException(
          SecurityError.FORBIDDEN, "To see what a record holds takes the role operator.");
    }
    UUID parked = Arguments.id(id);
    ParkedRow row = store.find(parked).orElseThrow(() -> Replays.unknown(parked));
    return ParkedView.whole(row, store.parkedAgain(parked));
  }

  /**
   * Sends a parked record to its topic once more, under its key. What was done already is
   * recognised; if it is parked again, that is a new record, which names this one. To send another
   * key or payload takes the role admin.
   *
   * @param id the parked record's UUID
   */
  @ResponseStatus(HttpStatus.ACCEPTED)
  @Refuses({"invalid_parameter", "unknown_parked_record", "already_replayed", "not_replayable"})
  @PostMapping("/{id}/replay")
  ResponseEntity<Replays.Replayed> replay(
      @PathVariable String id,
      @RequestBody(required = false) Replays.@Nullable ReplayRequest request,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      Caller caller) {
    Replays.ReplayRequest wanted = request == null ? Replays.ReplayRequest.AS_IT_WAS : request;
    return ResponseEntity.accepted().body(replays.replay(Arguments.id(id), wanted, key, caller));
  }

  private static ParkedState stateOf(String text) {
    return ParkedState.valueOf(Arguments.oneOf("state", text, STATES).toUpperCase(Locale.ROOT));
  }

  private static UUID place(String cursor) {
    try {
      return Ids.parse(Cursor.decode(cursor, 1).getFirst());
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          RestError.BAD_CURSOR,
          "The cursor is not one of ours; send nextCursor of the last page, or none to start again.",
          e);
    }
  }
}
