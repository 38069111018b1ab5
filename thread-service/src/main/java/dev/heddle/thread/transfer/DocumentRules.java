package dev.heddle.thread.transfer;

import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MessageId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.approval.ApprovalState;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.engine.StoredEngine;
import dev.heddle.thread.followup.FollowUpQueue;
import dev.heddle.thread.followup.FollowUpStatus;
import dev.heddle.thread.plan.PlanRevision;
import dev.heddle.thread.run.RunStatus;
import dev.heddle.thread.turn.Said;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the parts of a document must be to each other, and how long each may be. */
final class DocumentRules {

  static final int MAX_MESSAGES = 100_000;

  /** Of each list but the messages. */
  static final int MAX_OTHERS = 20_000;

  private static final int NAME = 255;
  private static final int SHORT = 63;
  private static final int LONG = 4096;

  private final ThreadDocument document;
  private final Set<MessageId> messages = new HashSet<>();

  private DocumentRules(ThreadDocument document) {
    this.document = document;
  }

  /**
   * Checks a document as a whole.
   *
   * @throws ProblemException {@code import_too_large}, {@code unknown_parent}, {@code
   *     message_cycle}, {@code invalid_export}, or what a title, settings or a follow-up is refused
   *     with
   */
  static void check(ThreadDocument document) {
    DocumentRules rules = new DocumentRules(document);
    rules.sizes();
    rules.thread();
    rules.tree();
    rules.references();
    rules.texts();
    rules.history();
    rules.followUps();
    rules.approvals();
  }

  /** The title, which an engine or a message has given where no person did. */
  static Title titleOf(ThreadDocument.About about) {
    return about.titleCustom() ? Title.chosen(about.title()) : Title.of(about.title());
  }

  private void sizes() {
    size("messages", document.messages(), MAX_MESSAGES);
    size("plans", document.plans(), MAX_OTHERS);
    size("compactions", document.compactions(), MAX_OTHERS);
    size("engines", document.engines(), MAX_OTHERS);
    size("checkpoints", document.checkpoints(), MAX_OTHERS);
    size("followUps", document.followUps(), MAX_OTHERS);
    size("approvals", document.approvals(), MAX_OTHERS);
    // Each message may come with several changes of the status.
    size("transitions", document.transitions(), 10 * MAX_MESSAGES);
  }

  private static void size(String what, List<?> list, int most) {
    if (list.size() > most) {
      throw new ProblemException(
              ThreadError.IMPORT_TOO_LARGE,
              "it has %d %s, and at most %d are taken".formatted(list.size(), what, most))
          .with("limit", most);
    }
    if (list.stream().anyMatch(Objects::isNull)) {
      throw DocumentReader.invalid(what + " holds null");
    }
  }

  private void thread() {
    ThreadDocument.About about = document.thread();
    titleOf(about);
    about.settings().checked();
    limit("createdBy", about.createdBy(), NAME);
    ThreadDocument.Run run = document.run();
    limit("machine", run.machine(), SHORT);
    notNegative("attempt", run.attempt());
    if (run.lastOutcome() != null) {
      limit("by", run.lastOutcome().by(), NAME);
    }
    ThreadDocument.Repository repository = document.repository();
    if (repository.mode() != null && !Set.of("worktree", "local").contains(repository.mode())) {
      throw DocumentReader.invalid("the mode of the repository must be worktree or local");
    }
    if ((repository.checkpointCursor() == null) != (repository.checkpointLatest() == null)
        || (repository.checkpointAnchor() != null && repository.checkpointCursor() == null)) {
      throw DocumentReader.invalid("a place among checkpoints is a cursor and the latest");
    }
  }

  /** A parent stands before its children, so that nothing can be above itself. */
  private void tree() {
    Map<MessageId, @Nullable MessageId> parents = new HashMap<>();
    for (ThreadDocument.Message message : document.messages()) {
      if (parents.containsKey(message.id())) {
        throw DocumentReader.invalid("two messages have the id " + message.id());
      }
      parents.put(message.id(), message.parentId());
    }
    for (ThreadDocument.Message message : document.messages()) {
      MessageId parent = message.parentId();
      if (parent != null && !messages.contains(parent)) {
        throw misplaced(message.id(), parent, parents);
      }
      if (message.parts().stream().anyMatch(Objects::isNull)) {
        throw DocumentReader.invalid("message " + message.id() + " has a part of an unknown type");
      }
      messages.add(message.id());
    }
    MessageId active = document.run().activeMessageId();
    if (active == null ? !messages.isEmpty() : !messages.contains(active)) {
      throw DocumentReader.invalid("activeMessageId must be one of the messages");
    }
  }

  private static ProblemException misplaced(
      MessageId message, MessageId parent, Map<MessageId, @Nullable MessageId> parents) {
    if (!parents.containsKey(parent)) {
      return new ProblemException(
          ThreadError.UNKNOWN_PARENT,
          "message %s follows message %s, which is not in the document".formatted(message, parent));
    }
    Set<MessageId> above = new HashSet<>();
    for (MessageId at = message; at != null; at = parents.get(at)) {
      if (!above.add(at)) {
        return new ProblemException(
            ThreadError.MESSAGE_CYCLE, "message " + at + " follows itself; it needs a beginning");
      }
    }
    return DocumentReader.invalid("message " + parent + " must stand before those that follow it");
  }

  private void references() {
    unique("checkpoint", document.checkpoints(), ThreadDocument.Checkpoint::id);
    unique("follow-up", document.followUps(), ThreadDocument.FollowUp::id);
    unique("approval", document.approvals(), ThreadDocument.Approval::id);
    unique("engine", document.engines(), engine -> engine.engine());
    unique("version of the plan", document.plans(), PlanRevision::version);
    document
        .plans()
        .forEach(plan -> {
          if (plan.version() < 1) {
            throw DocumentReader.invalid("the version of a plan must be at least 1");
          }
        });
    document.compactions().forEach(one -> known(one.throughMessageId()));
    document.followUps().forEach(one -> known(one.messageId()));
    document.checkpoints().forEach(one -> known(one.messageId()));
    known(document.repository().checkpointAnchor());
    Set<Object> checkpoints = new HashSet<>();
    document.checkpoints().forEach(one -> checkpoints.add(one.id()));
    for (ThreadDocument.Checkpoint one : document.checkpoints()) {
      if (one.parentId() != null && !checkpoints.contains(one.parentId())) {
        throw DocumentReader.invalid("checkpoint " + one.id() + " has an unknown parent");
      }
    }
    ThreadDocument.Repository repository = document.repository();
    for (Object place :
        new @Nullable Object[] {repository.checkpointCursor(), repository.checkpointLatest()}) {
      if (place != null && !checkpoints.contains(place)) {
        throw DocumentReader.invalid("the thread stands at an unknown checkpoint " + place);
      }
    }
  }

  private static <T> void unique(String what, Collection<T> all, Function<T, Object> id) {
    Set<Object> seen = new HashSet<>();
    for (T one : all) {
      if (!seen.add(id.apply(one))) {
        throw DocumentReader.invalid("the %s %s is there twice".formatted(what, id.apply(one)));
      }
    }
  }

  private void known(@Nullable MessageId message) {
    if (message != null && !messages.contains(message)) {
      throw DocumentReader.invalid("it speaks of message " + message + ", which is not in it");
    }
  }

  /** What the columns hold; whatever has no limit there has none here but that of the body. */
  private void texts() {
    limit("branch", document.repository().branch(), LONG);
    limit("worktree", document.repository().worktree(), LONG);
    document.plans().forEach(plan -> limit("changedBy", plan.changedBy(), NAME));
    for (ThreadDocument.Checkpoint one : document.checkpoints()) {
      limit("ref", one.ref(), 1024);
      notNegative("changedFiles", one.changedFiles());
    }
    for (StoredEngine engine : document.engines()) {
      limit("engine", engine.engine(), SHORT);
      if (engine.state() instanceof EngineState.Acp acp) {
        acp.configOptions().keySet().forEach(key -> StorableText.require("configOptions", key));
      }
    }
    document.transitions().forEach(one -> limit("by", one.by(), NAME));
  }

  private void history() {
    RunStatus at = RunStatus.IDLE;
    for (ThreadDocument.Transition one : document.transitions()) {
      if (one.from() != at) {
        throw DocumentReader.invalid(
            "a transition begins at %s, where the thread was %s"
                .formatted(one.from().wire(), at.wire()));
      }
      at = one.to();
    }
  }

  private void followUps() {
    int queued = 0;
    for (ThreadDocument.FollowUp one : document.followUps()) {
      Said.checked(one.text(), one.settings(), one.priority().wire());
      limit("createdBy", one.createdBy(), NAME);
      notNegative("returns", one.returns());
      if ((one.sessionId() == null) != (one.messageId() == null)) {
        throw DocumentReader.invalid("a follow-up that was sent has a session and a message");
      }
      queued += one.status() == FollowUpStatus.QUEUED ? 1 : 0;
    }
    if (queued > FollowUpQueue.LIMIT) {
      throw new ProblemException(
              ThreadError.IMPORT_TOO_LARGE,
              "%d follow-ups wait, and at most %d may".formatted(queued, FollowUpQueue.LIMIT))
          .with("limit", FollowUpQueue.LIMIT);
    }
  }

  private void approvals() {
    for (ThreadDocument.Approval one : document.approvals()) {
      limit("machine", one.machine(), SHORT);
      limit("engine", one.engine(), SHORT);
      limit("requestedBy", one.requestedBy(), NAME);
      boolean decided = one.state() == ApprovalState.ALLOWED || one.state() == ApprovalState.DENIED;
      boolean pending = one.state() == ApprovalState.PENDING;
      if ((decided && one.decision() == null) || (pending && one.decision() != null)) {
        throw DocumentReader.invalid(
            "approval %s is %s and says otherwise".formatted(one.id(), one.state().wire()));
      }
      if (one.decision() != null) {
        limit("by", one.decision().by(), NAME);
      }
    }
  }

  private static void limit(String field, @Nullable String text, int most) {
    if (text != null && (text.isEmpty() || text.length() > most)) {
      throw DocumentReader.invalid("%s must have 1 to %d characters".formatted(field, most));
    }
  }

  private static void notNegative(String field, int number) {
    if (number < 0) {
      throw DocumentReader.invalid(field + " must not be negative");
    }
  }
}
