package dev.heddle.worker.run;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PullRequest;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.SessionFact;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.TraceBody;
import dev.heddle.messaging.DispatchStage;
import dev.heddle.worker.engine.Ask;
import dev.heddle.worker.engine.Asked;
import dev.heddle.worker.engine.Engine;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.workspace.Workspace;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Reports what the engine of one run does. */
final class RunListener implements EngineListener {

  private final RunOrder order;
  private final RunTools tools;
  private final Report report;
  private final OpenQuestions questions;
  private final Engine kind;
  private final Workspace workspace;
  private final BooleanSupplier cancelled;
  private final Titles titles;
  private volatile @Nullable String model;
  private final RunCheckpoints checkpoints;

  /**
   * @param cancelled whether a person ends the run
   */
  RunListener(
      RunOrder order,
      RunTools tools,
      Report report,
      OpenQuestions questions,
      RunCheckpoints checkpoints,
      Engine kind,
      Workspace workspace,
      BooleanSupplier cancelled) {
    this.order = order;
    this.tools = tools;
    this.report = report;
    this.questions = questions;
    this.checkpoints = checkpoints;
    this.kind = kind;
    this.workspace = workspace;
    this.cancelled = cancelled;
    this.model = order.spec().engine().model();
    this.titles = new Titles(report::fact);
  }

  @Override
  public void started(@Nullable String engineSessionId) {
    if (order.attempt() == 1) {
      tools
          .times()
          .record(DispatchStage.CLAIMED_TO_STARTED, order.grantedAt(), tools.clock().instant());
    }
    String directory = workspace.directory().toString();
    report.event(
        new TraceBody.EngineStarted(
            kind.name(), kind.version(), engineSessionId, directory, workspace.branch()));
    report.fact(
        new SessionFact.EngineStarted(
            engineSessionId, directory, workspace.branch(), kind.takesInput()));
  }

  @Override
  public void event(TraceBody event) {
    report.event(event);
  }

  @Override
  public void partial(MessageId id, String text, List<MessagePart> parts) {
    report.fact(new SessionFact.MessagePartial(id, text, parts));
  }

  @Override
  public void message(SessionFact.MessageCompleted said) {
    MessageStatus shown = said.status();
    if (shown == MessageStatus.FAILED && cancelled.getAsBoolean()) {
      shown = MessageStatus.CANCELLED;
    }
    report.event(
        new TraceBody.Message(
            said.messageId(), Role.ASSISTANT, said.text(), shown, said.truncated()));
    report.fact(
        new SessionFact.MessageCompleted(
            said.messageId(), said.text(), shown, said.truncated(), said.parts(), said.usage()));
  }

  @Override
  public void state(EngineState state) {
    String told = modelOf(state);
    if (told != null) {
      model = told;
    }
    report.fact(new SessionFact.EngineStateReported(state));
  }

  @Override
  public void plan(Plan plan) {
    report.fact(new SessionFact.PlanUpdated(plan));
  }

  @Override
  public void usage(TokenUsage usage) {
    TokenUsage priced = tools.prices().priced(usage, model);
    report.event(new TraceBody.Usage(priced));
    report.fact(new SessionFact.UsageReported(priced));
  }

  private static @Nullable String modelOf(EngineState state) {
    return switch (state) {
      case EngineState.Claude claude -> claude.model();
      case EngineState.Codex codex -> codex.model();
      case EngineState.Copilot copilot -> copilot.model();
      case EngineState.Acp acp -> acp.model();
      case EngineState.Command _ -> null;
    };
  }

  @Override
  public void checkpoint(String ref, CheckpointMoment moment, int changedFiles) {
    checkpoints.captured(ref, moment, changedFiles);
  }

  @Override
  public void pullRequest(PullRequest pullRequest) {
    report.fact(new SessionFact.PullRequestLinked(pullRequest));
  }

  @Override
  public void compacted(String summary, @Nullable MessageId through) {
    report.fact(new SessionFact.CompactionReported(summary, through));
  }

  @Override
  public void title(String title) {
    titles.suggest(title);
  }

  @Override
  public Asked ask(Ask ask) {
    return questions.ask(new ApprovalId(tools.ids().next()), ask);
  }

  @Override
  public void withdraw(ApprovalId asked, String reason) {
    questions.withdraw(asked, reason);
  }
}
