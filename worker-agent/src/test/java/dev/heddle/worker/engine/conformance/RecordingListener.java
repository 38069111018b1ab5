package dev.heddle.worker.engine.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.Decision;
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
import dev.heddle.worker.engine.Ruling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Keeps all that an engine tells, in its order, and decides what it asks when a test says so. */
public final class RecordingListener implements EngineListener {

  private static final Duration LONG = Duration.ofSeconds(60);

  /** What an engine told. */
  public sealed interface Told {

    record Started(@Nullable String engineSessionId) implements Told {}

    record Event(TraceBody body) implements Told {}

    record Partial(MessageId id, String text, List<MessagePart> parts) implements Told {}

    record Message(MessageCompleted message) implements Told {}

    record State(EngineState state) implements Told {}

    record Planned(Plan plan) implements Told {}

    record Used(TokenUsage usage) implements Told {}

    record Compacted(String summary, @Nullable MessageId through) implements Told {}

    record Title(String title) implements Told {}

    record Question(ApprovalId id, Ask ask) implements Told {}

    record Settled(ApprovalId id, String how) implements Told {}
  }

  private final List<Told> told = new ArrayList<>();
  private final Map<ApprovalId, CompletableFuture<Ruling>> open = new LinkedHashMap<>();

  /** All of it so far. */
  public synchronized List<Told> told() {
    return List.copyOf(told);
  }

  /** All of one kind so far. */
  public <T extends Told> List<T> all(Class<T> kind) {
    return told().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** All events of one kind so far. */
  public <T extends TraceBody> List<T> events(Class<T> kind) {
    return all(Told.Event.class).stream()
        .map(Told.Event::body)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** Waits for the first event of a kind that has a property. */
  public <T extends TraceBody> T await(Class<T> kind, Predicate<T> property) {
    return Awaitility.await()
        .atMost(LONG)
        .until(() -> events(kind).stream().filter(property).findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  /** Waits until the engine asks something that has no ruling yet. */
  public Told.Question awaitQuestion() {
    Awaitility.await().atMost(LONG).until(() -> !openQuestions().isEmpty());
    return openQuestions().getFirst();
  }

  /** What has no ruling yet. */
  public synchronized List<Told.Question> openQuestions() {
    return told.stream()
        .filter(Told.Question.class::isInstance)
        .map(Told.Question.class::cast)
        .filter(question -> open.containsKey(question.id()))
        .toList();
  }

  /** Decides what was asked. */
  public void decide(
      Told.Question question,
      Decision.Verdict verdict,
      Decision.Scope scope,
      @Nullable String optionId,
      @Nullable String message,
      @Nullable String answer) {
    settle(
        question.id(),
        verdict.wire(),
        new Ruling.Decided(new Decision(question.id(), verdict, optionId, scope, message, answer)));
  }

  /** Yes, once. */
  public void allow(Told.Question question) {
    decide(question, Decision.Verdict.ALLOWED, Decision.Scope.ONCE, null, null, null);
  }

  /** No, and why. */
  public void deny(Told.Question question, String message) {
    decide(question, Decision.Verdict.DENIED, Decision.Scope.ONCE, null, message, null);
  }

  private void settle(ApprovalId id, String how, Ruling ruling) {
    CompletableFuture<Ruling> one;
    synchronized (this) {
      one = open.remove(id);
      if (one != null) {
        told.add(new Told.Settled(id, how));
      }
    }
    if (one != null) {
      one.completeAsync(() -> ruling);
    }
  }

  /** The messages that are whole. */
  public List<MessageCompleted> messages() {
    return all(Told.Message.class).stream().map(Told.Message::message).toList();
  }

  /** The last usage; null where none was told. */
  public @Nullable TokenUsage usage() {
    List<Told.Used> all = all(Told.Used.class);
    return all.isEmpty() ? null : all.getLast().usage();
  }

  /** The last state. */
  public EngineState state() {
    List<Told.State> all = all(Told.State.class);
    assertThat(all).as("the engine told its state").isNotEmpty();
    return all.getLast().state();
  }

  /** The tool calls as they ended, or stand. */
  public List<TraceBody.ToolCall> tools() {
    Map<String, TraceBody.ToolCall> last = new LinkedHashMap<>();
    events(TraceBody.ToolCall.class).forEach(call -> last.put(call.toolId(), call));
    return List.copyOf(last.values());
  }

  private synchronized void add(Told one) {
    told.add(one);
  }

  @Override
  public void started(@Nullable String engineSessionId) {
    add(new Told.Started(engineSessionId));
  }

  @Override
  public void event(TraceBody event) {
    add(new Told.Event(event));
  }

  @Override
  public void partial(MessageId id, String text, List<MessagePart> parts) {
    add(new Told.Partial(id, text, List.copyOf(parts)));
  }

  @Override
  public void message(MessageCompleted message) {
    add(new Told.Message(message));
  }

  @Override
  public void state(EngineState state) {
    add(new Told.State(state));
  }

  @Override
  public void plan(Plan plan) {
    add(new Told.Planned(plan));
  }

  @Override
  public void usage(TokenUsage usage) {
    add(new Told.Used(usage));
  }

  @Override
  public void checkpoint(String ref, CheckpointMoment moment, int changedFiles) {
    throw new AssertionError("no adapter keeps files");
  }

  @Override
  public void pullRequest(PullRequest pullRequest) {
    throw new AssertionError("no adapter opens a pull request");
  }

  @Override
  public void compacted(String summary, @Nullable MessageId through) {
    add(new Told.Compacted(summary, through));
  }

  @Override
  public void title(String title) {
    add(new Told.Title(title));
  }

  @Override
  public Asked ask(Ask ask) {
    Asked asked = new Asked(new ApprovalId(UUID.randomUUID()), new CompletableFuture<>());
    synchronized (this) {
      open.put(asked.id(), asked.ruling());
      told.add(new Told.Question(asked.id(), ask));
    }
    return asked;
  }

  @Override
  public void withdraw(ApprovalId asked, String reason) {
    settle(asked, "withdrawn", new Ruling.Withdrawn(reason));
  }

  /** As the run does when the engine is gone: nobody decides any more. */
  public void end() {
    Stream<ApprovalId> left;
    synchronized (this) {
      left = List.copyOf(open.keySet()).stream();
    }
    left.forEach(id -> withdraw(id, "the run ended"));
  }
}
