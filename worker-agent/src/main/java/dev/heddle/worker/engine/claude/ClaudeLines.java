package dev.heddle.worker.engine.claude;

import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.wire.Asks;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.JsonProcess;
import dev.heddle.worker.engine.wire.Story;
import tools.jackson.databind.JsonNode;

/** Hands each line that the engine says to whom it concerns. */
final class ClaudeLines implements JsonProcess.Handler {

  /** Hears what the course of the run depends on. */
  interface Course {

    /** The process runs. */
    void begun();

    /** A line {@code control_response}: what the run has asked is answered. */
    void answered(JsonNode response);

    /** A line {@code status} that says so: the model is asked something. */
    void turnBegins();

    /** A line {@code command_lifecycle}: what becomes of something that it was told. */
    void lifecycle(JsonNode line);

    /** A line {@code background_tasks_changed}. */
    void background(JsonNode line);

    /** A line {@code api_retry}: its model did not answer, and it asks again. */
    void retries(JsonNode line);

    /** A line {@code result}: a turn has ended. */
    void result(JsonNode line);
  }

  private final Course course;
  private final Story story;
  private final ClaudeReader reader;
  private final ClaudeSelf self;
  private final Asks asks;
  private final ClaudePermissions permissions;
  private final ClaudeControl control;

  ClaudeLines(
      Course course,
      Story story,
      ClaudeReader reader,
      ClaudeSelf self,
      Asks asks,
      ClaudePermissions permissions,
      ClaudeControl control) {
    this.course = course;
    this.story = story;
    this.reader = reader;
    this.self = self;
    this.asks = asks;
    this.permissions = permissions;
    this.control = control;
  }

  @Override
  public void begun() {
    course.begun();
  }

  @Override
  public void message(JsonNode line, String raw) {
    String type = Fields.text(line, "type", "");
    switch (type) {
      case "stream_event" -> reader.streamed(line, raw);
      case "assistant" -> reader.assistant(line, raw);
      case "user" -> reader.user(line);
      case "system" -> system(line, raw);
      case "result" -> course.result(line);
      case "control_request" -> request(line, raw);
      case "control_cancel_request" ->
          asks.withdraw(Fields.text(line, "request_id", ""), "the engine took it back");
      case "command_lifecycle" -> course.lifecycle(line);
      case "control_response" -> course.answered(line.path("response"));
      case "rate_limit_event", "keep_alive", "tool_progress" -> {}
      default -> story.unknown(type, raw);
    }
  }

  private void system(JsonNode line, String raw) {
    String subtype = Fields.text(line, "subtype", "");
    if (subtype.equals("init")) {
      self.is(line);
      return;
    }
    reader.system(subtype, line, raw);
    switch (subtype) {
      case "status" -> {
        self.modeIs(line);
        if ("requesting".equals(Fields.text(line, "status"))) {
          course.turnBegins();
        }
      }
      case "background_tasks_changed" -> course.background(line);
      case "api_retry" -> course.retries(line);
      default -> {}
    }
  }

  private void request(JsonNode line, String raw) {
    String id = Fields.text(line, "request_id", "");
    JsonNode request = line.path("request");
    String subtype = Fields.text(request, "subtype", "");
    if (subtype.equals("can_use_tool")) {
      permissions.ask(id, request);
      return;
    }
    control.refuse(id, subtype);
    story.unknown("control_request/" + subtype, raw);
  }

  @Override
  public void noise(String line) {
    story.notice(NoticeLevel.INFO, line);
  }

  @Override
  public void overlong(long bytes) {
    story.notice(
        NoticeLevel.WARNING,
        "the engine said something of %d bytes, which is too long".formatted(bytes));
  }

  @Override
  public void error(TraceBody.EngineOutput part, int bytes) {
    story.error(part, bytes);
  }
}
