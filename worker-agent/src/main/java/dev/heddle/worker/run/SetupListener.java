package dev.heddle.worker.run;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.TraceBody;
import dev.heddle.worker.engine.Ask;
import dev.heddle.worker.engine.Asked;
import dev.heddle.worker.engine.EngineListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts what a set-up command writes into the timeline; it is no word of the conversation. */
final class SetupListener implements EngineListener {

  private static final int QUOTED_LINES = 8;
  private static final int QUOTED_CHARS = 400;

  private final Report report;
  private final Deque<String> lastLines = new ArrayDeque<>();

  SetupListener(Report report) {
    this.report = report;
  }

  synchronized String lastLines() {
    return String.join("\n", lastLines);
  }

  @Override
  public void event(TraceBody event) {
    if (event instanceof TraceBody.EngineOutput output) {
      keep(output.text());
      report.event(
          new TraceBody.EngineOutput(
              output.stream(),
              null,
              output.text(),
              output.part(),
              output.more(),
              output.cleaned()));
    } else {
      report.event(event);
    }
  }

  private synchronized void keep(String line) {
    if (line.isBlank()) {
      return;
    }
    lastLines.addLast(line.length() > QUOTED_CHARS ? line.substring(0, QUOTED_CHARS) : line);
    if (lastLines.size() > QUOTED_LINES) {
      lastLines.removeFirst();
    }
  }

  @Override
  public void started(@Nullable String engineSessionId) {}

  @Override
  public void partial(MessageId id, String text, List<MessagePart> parts) {}

  @Override
  public void message(MessageCompleted message) {}

  @Override
  public void state(EngineState state) {}

  @Override
  public void plan(Plan plan) {}

  @Override
  public void usage(TokenUsage usage) {}

  @Override
  public void checkpoint(String ref, CheckpointMoment moment, int changedFiles) {}

  @Override
  public void pullRequest(PullRequest pullRequest) {}

  @Override
  public void compacted(String summary, @Nullable MessageId through) {}

  @Override
  public void title(String title) {}

  @Override
  public Asked ask(Ask ask) {
    throw new UnsupportedOperationException("a set-up command asks nobody");
  }

  @Override
  public void withdraw(ApprovalId asked, String reason) {}
}
