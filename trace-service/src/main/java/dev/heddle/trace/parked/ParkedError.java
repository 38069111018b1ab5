package dev.heddle.trace.parked;

import dev.heddle.rest.ErrorCode;
import org.springframework.http.HttpStatus;

/** What can be wrong with a request about parked records. */
enum ParkedError implements ErrorCode {
  /** No such record, or it was parked too long ago. */
  UNKNOWN_PARKED_RECORD(HttpStatus.NOT_FOUND, "No such parked record"),
  /** It was sent once more before. */
  ALREADY_REPLAYED(HttpStatus.CONFLICT, "The parked record was replayed before"),
  /**
   * Something that a record needs is missing from what was parked, or its topic is none of ours.
   */
  NOT_REPLAYABLE(HttpStatus.CONFLICT, "The parked record cannot be sent as it is");

  private final Meaning meaning;

  ParkedError(HttpStatus status, String title) {
    meaning = new Meaning(status, title);
  }

  @Override
  public Meaning meaning() {
    return meaning;
  }
}
