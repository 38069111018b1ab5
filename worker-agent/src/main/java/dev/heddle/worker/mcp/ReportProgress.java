package dev.heddle.worker.mcp;

import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.EngineListener;

/** Puts a line into the timeline. */
final class ReportProgress implements Tool {

  private static final int MAX_BYTES = 4 * 1024;

  private final EngineListener listener;

  ReportProgress(EngineListener listener) {
    this.listener = listener;
  }

  @Override
  public String name() {
    return "report_progress";
  }

  @Override
  public String description() {
    return "Tell the people who follow this thread how far you are. Use it at milestones of longer"
        + " work; it costs nothing and nobody answers it.";
  }

  @Override
  public String schema() {
    return """
    {"type": "object",
     "properties": {
       "text": {"type": "string", "description": "one or two sentences"},
       "percent": {"type": "integer", "minimum": 0, "maximum": 100,
         "description": "how much of the work is done; leave it out where you do not know"}},
     "required": ["text"]}
    """;
  }

  @Override
  public String call(Arguments arguments, Caller caller) throws RefusedCallException {
    String text = arguments.text("text", MAX_BYTES);
    Integer percent = arguments.number("percent");
    listener.event(
        new TraceBody.Notice(
            NoticeLevel.INFO, percent == null ? text : "%d %%: %s".formatted(percent, text)));
    return "Noted.";
  }
}
