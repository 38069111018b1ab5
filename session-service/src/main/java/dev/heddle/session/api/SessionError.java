package dev.heddle.session.api;

import dev.heddle.rest.ErrorCode;
import org.springframework.http.HttpStatus;

/** Every refusal of this service; the code on the wire is the name in lower case. */
enum SessionError implements ErrorCode {
  UNKNOWN_SESSION(HttpStatus.NOT_FOUND, "No such session"),
  INVALID_SESSION(HttpStatus.BAD_REQUEST, "Malformed session id"),
  SESSION_FINISHED(HttpStatus.CONFLICT, "The session is over"),
  SESSION_UNFINISHED(HttpStatus.CONFLICT, "The session is not over"),
  THREAD_BUSY(HttpStatus.CONFLICT, "The thread has an unfinished session"),
  INVALID_THREAD(HttpStatus.BAD_REQUEST, "Malformed thread id"),
  INVALID_STATUS(HttpStatus.BAD_REQUEST, "Unknown status"),
  INVALID_LIMIT(HttpStatus.BAD_REQUEST, "Number out of range"),

  UNKNOWN_MACHINE(HttpStatus.NOT_FOUND, "No such machine"),
  INVALID_MACHINE(HttpStatus.BAD_REQUEST, "Malformed machine id"),

  UNKNOWN_PROJECT(HttpStatus.NOT_FOUND, "No such project"),
  PROJECT_REQUIRED(HttpStatus.BAD_REQUEST, "A project is required"),
  EMPTY_PROMPT(HttpStatus.BAD_REQUEST, "The prompt is empty"),
  PROMPT_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The prompt is too large"),
  INVALID_TEXT(HttpStatus.BAD_REQUEST, "Text that cannot be stored"),
  INVALID_ENGINE(HttpStatus.BAD_REQUEST, "Malformed engine setting"),
  INVALID_COMMAND(HttpStatus.BAD_REQUEST, "Malformed command"),
  INVALID_POOL(HttpStatus.BAD_REQUEST, "Malformed pool name"),
  INVALID_LABEL(HttpStatus.BAD_REQUEST, "Malformed label"),
  INVALID_PRIORITY(HttpStatus.BAD_REQUEST, "Unknown priority"),
  INVALID_PERMISSION(HttpStatus.BAD_REQUEST, "Unknown permission");

  private final Meaning meaning;

  SessionError(HttpStatus status, String title) {
    meaning = new Meaning(status, title);
  }

  @Override
  public Meaning meaning() {
    return meaning;
  }
}
