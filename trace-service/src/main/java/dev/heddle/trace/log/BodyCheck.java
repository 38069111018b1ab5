package dev.heddle.trace.log;

import dev.heddle.contracts.TraceBody;
import org.jspecify.annotations.Nullable;

/** Whether a body has all that its record promises; Jackson leaves what is absent null. */
final class BodyCheck {

  private BodyCheck() {}

  static void require(TraceBody body) {
    boolean whole =
        switch (body) {
          case TraceBody.StatusEntered status -> all(status.status());
          case TraceBody.PhaseEntered phase -> all(phase.phase());
          case TraceBody.Message message ->
              all(message.messageId(), message.role(), message.text(), message.status());
          case TraceBody.EngineOutput output -> all(output.stream(), output.text());
          case TraceBody.EngineStarted started -> all(started.engine());
          case TraceBody.EngineExited _ -> true;
          case TraceBody.ToolCall tool -> all(tool.toolId(), tool.name(), tool.status());
          case TraceBody.Usage usage -> all(usage.usage());
          case TraceBody.Repository repository -> all(repository.branch());
          case TraceBody.Notice notice -> all(notice.level(), notice.text());
          case TraceBody.ErrorRaised error ->
              all(error.failure()) && all(error.failure().code(), error.failure().message());
        };
    if (!whole) {
      throw new IllegalArgumentException("the body lacks a field that its kind needs");
    }
  }

  private static boolean all(@Nullable Object... fields) {
    for (Object field : fields) {
      if (field == null) {
        return false;
      }
    }
    return true;
  }
}
