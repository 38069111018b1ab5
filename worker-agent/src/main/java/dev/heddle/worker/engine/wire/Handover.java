package dev.heddle.worker.engine.wire;

import dev.heddle.contracts.Continuation;
import dev.heddle.worker.engine.EngineTask;

/**
 * What an engine is told first where it has no conversation of its own to go on with: what was said
 * before, in the same words for every engine, and then the prompt.
 */
public final class Handover {

  private Handover() {}

  /**
   * The first prompt of a conversation that the engine begins.
   *
   * @return the prompt alone where nothing was said before
   */
  public static String prompt(EngineTask task) {
    Continuation from = task.continuation();
    Continuation.Context context = from == null ? null : from.context();
    if (context == null || (context.summary() == null && context.messages().isEmpty())) {
      return task.prompt();
    }
    StringBuilder text = new StringBuilder();
    text.append(
        "This conversation did not begin with you. What was said before stands between the lines"
            + " below; it is there for you to know, not to be answered. The files may have changed"
            + " since.\n\n"
            + "<conversation>\n");
    if (context.summary() != null) {
      text.append("<summary>\n").append(context.summary().strip()).append("\n</summary>\n");
    }
    if (context.truncated()) {
      text.append("<left-out>some messages were left out here</left-out>\n");
    }
    for (Continuation.Said said : context.messages()) {
      String role = said.role().wire();
      text.append('<')
          .append(role)
          .append(">\n")
          .append(said.text().strip())
          .append("\n</")
          .append(role)
          .append(">\n");
    }
    return text.append("</conversation>\n\nWhat you are to answer is this:\n\n")
        .append(task.prompt())
        .toString();
  }
}
