package dev.heddle.thread;

import dev.heddle.rest.ErrorCode;
import org.springframework.http.HttpStatus;

/** Every refusal of this service; the code on the wire is the name in lower case. */
public enum ThreadError implements ErrorCode {
  UNKNOWN_PROJECT(HttpStatus.NOT_FOUND, "No such project"),
  PROJECT_REQUIRED(HttpStatus.BAD_REQUEST, "A project is required"),
  PROJECT_NAME_TAKEN(HttpStatus.CONFLICT, "The project's name is taken"),
  PROJECT_BUSY(HttpStatus.CONFLICT, "The project has unfinished runs"),
  PROJECT_DELETED(HttpStatus.CONFLICT, "The project was deleted"),
  INVALID_NAME(HttpStatus.BAD_REQUEST, "Malformed project name"),
  INVALID_REPOSITORY(HttpStatus.BAD_REQUEST, "Repository address not accepted"),
  INVALID_BRANCH(HttpStatus.BAD_REQUEST, "Malformed branch name"),
  INVALID_PATH(HttpStatus.BAD_REQUEST, "Malformed path"),
  INVALID_LIMIT(HttpStatus.BAD_REQUEST, "Number out of range"),
  INVALID_CHOICE(HttpStatus.BAD_REQUEST, "Unknown choice"),
  INVALID_PROJECT(HttpStatus.BAD_REQUEST, "Malformed project id"),
  INVALID_BUDGET(HttpStatus.BAD_REQUEST, "Malformed budget"),
  BUDGET_REACHED(HttpStatus.CONFLICT, "The budget is spent"),
  INVALID_QUERY(HttpStatus.BAD_REQUEST, "Nothing to look for"),

  UNKNOWN_THREAD(HttpStatus.NOT_FOUND, "No such thread"),
  INVALID_THREAD(HttpStatus.BAD_REQUEST, "Malformed thread id"),
  THREAD_EXISTS(HttpStatus.CONFLICT, "The thread exists"),
  THREAD_ARCHIVED(HttpStatus.CONFLICT, "The thread is archived"),
  THREAD_BUSY(HttpStatus.CONFLICT, "The thread is busy"),
  THREAD_OF_OTHER_PROJECT(HttpStatus.CONFLICT, "The thread belongs to another project"),
  INVALID_KEY(HttpStatus.BAD_REQUEST, "Malformed key of a task"),
  DELEGATION_KEY_TAKEN(HttpStatus.CONFLICT, "Another task has this key"),
  DELEGATION_TOO_DEEP(HttpStatus.CONFLICT, "The line of delegated threads is too long"),
  DELEGATION_TOO_MANY(HttpStatus.CONFLICT, "Too many delegated threads"),
  DELEGATION_CYCLE(HttpStatus.CONFLICT, "The thread would work for itself"),
  DELEGATION_TAKEN(HttpStatus.CONFLICT, "The thread works for another one"),
  DELEGATION_NOT_PERMITTED(HttpStatus.FORBIDDEN, "The engine may not be delegated to"),
  UNKNOWN_APPROVAL(HttpStatus.NOT_FOUND, "No such approval"),
  INVALID_APPROVAL(HttpStatus.BAD_REQUEST, "Malformed approval id"),
  INVALID_DECISION(HttpStatus.BAD_REQUEST, "Not a decision about this"),
  ALREADY_DECIDED(HttpStatus.CONFLICT, "Somebody else has decided"),
  APPROVAL_DEAD(HttpStatus.CONFLICT, "Nobody waits for the decision any more"),
  UNKNOWN_RULE(HttpStatus.NOT_FOUND, "No such rule"),
  INVALID_RULE(HttpStatus.BAD_REQUEST, "Malformed rule"),
  STALE_VERSION(HttpStatus.PRECONDITION_FAILED, "Changed by someone else in the meantime"),

  UNKNOWN_MESSAGE(HttpStatus.NOT_FOUND, "No such message"),
  INVALID_MESSAGE(HttpStatus.BAD_REQUEST, "Malformed message id"),
  MESSAGE_OF_OTHER_THREAD(HttpStatus.CONFLICT, "The message belongs to another thread"),
  MESSAGE_NOT_OF_USER(HttpStatus.CONFLICT, "Only what a person said can be edited"),
  MESSAGE_NOT_OF_ASSISTANT(HttpStatus.CONFLICT, "Only an answer can be given again"),

  INVALID_PLAN(HttpStatus.BAD_REQUEST, "Malformed plan"),
  PLAN_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The plan is too large"),

  UNKNOWN_FORMAT(HttpStatus.BAD_REQUEST, "Not an export of a thread"),
  UNSUPPORTED_VERSION(HttpStatus.BAD_REQUEST, "A version of the format that is not known here"),
  INVALID_EXPORT(HttpStatus.BAD_REQUEST, "Malformed export of a thread"),
  UNKNOWN_PARENT(HttpStatus.BAD_REQUEST, "A message follows one that is not there"),
  MESSAGE_CYCLE(HttpStatus.BAD_REQUEST, "A message follows itself"),
  IMPORT_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The thread is too large"),

  UNKNOWN_CHECKPOINT(HttpStatus.NOT_FOUND, "No such checkpoint"),
  INVALID_CHECKPOINT(HttpStatus.BAD_REQUEST, "Malformed checkpoint id"),
  NOTHING_TO_REDO(HttpStatus.CONFLICT, "The files are those of the last checkpoint"),
  NO_WORKSPACE(HttpStatus.CONFLICT, "The thread has no git workspace"),
  NO_CHECKPOINT(HttpStatus.CONFLICT, "No checkpoint has the files of this branch"),
  UNCOMMITTED_CHANGES(HttpStatus.CONFLICT, "The workspace has uncommitted changes"),
  INVALID_COMMIT(HttpStatus.BAD_REQUEST, "Malformed commit"),
  NO_DIFF(HttpStatus.NOT_FOUND, "The checkpoints were not compared yet"),
  INVALID_PULL_REQUEST(HttpStatus.BAD_REQUEST, "Malformed pull request"),

  COMPACTION_UNSUPPORTED(HttpStatus.CONFLICT, "The engine cannot sum up a conversation"),
  NOTHING_TO_COMPACT(HttpStatus.CONFLICT, "There is nothing to sum up"),

  EMPTY_PROMPT(HttpStatus.BAD_REQUEST, "The prompt is empty"),
  PROMPT_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "The prompt is too large"),
  INVALID_TEXT(HttpStatus.BAD_REQUEST, "Text that cannot be stored"),
  INVALID_TITLE(HttpStatus.BAD_REQUEST, "Malformed title"),
  INVALID_ENGINE(HttpStatus.BAD_REQUEST, "Malformed engine setting"),
  INVALID_PERMISSION(HttpStatus.BAD_REQUEST, "Unknown permission"),
  INVALID_COMMAND(HttpStatus.BAD_REQUEST, "Malformed command"),
  INVALID_POOL(HttpStatus.BAD_REQUEST, "Malformed pool name"),
  INVALID_MACHINE(HttpStatus.BAD_REQUEST, "Malformed machine id"),
  INVALID_LABEL(HttpStatus.BAD_REQUEST, "Malformed label"),
  INVALID_PRIORITY(HttpStatus.BAD_REQUEST, "Unknown priority"),
  INVALID_IF_BUSY(HttpStatus.BAD_REQUEST, "Unknown ifBusy"),

  UNKNOWN_FOLLOW_UP(HttpStatus.NOT_FOUND, "No such follow-up"),
  INVALID_FOLLOW_UP(HttpStatus.BAD_REQUEST, "Malformed follow-up id"),
  INVALID_PLACE(HttpStatus.BAD_REQUEST, "No place in a queue"),
  FOLLOW_UP_SENT(HttpStatus.CONFLICT, "The follow-up was sent"),
  FOLLOW_UP_REMOVED(HttpStatus.CONFLICT, "The follow-up was removed"),
  QUEUE_FULL(HttpStatus.CONFLICT, "The thread has too many follow-ups");

  private final Meaning meaning;

  ThreadError(HttpStatus status, String title) {
    meaning = new Meaning(status, title);
  }

  @Override
  public Meaning meaning() {
    return meaning;
  }
}
