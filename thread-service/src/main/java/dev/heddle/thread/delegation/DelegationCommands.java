package dev.heddle.thread.delegation;

import dev.heddle.contracts.Ids;
import dev.heddle.contracts.ThreadChange;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.audit.Audit;
import dev.heddle.thread.audit.AuditAction;
import dev.heddle.thread.budget.Budgets;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.conversation.Title;
import dev.heddle.thread.dispatch.Dispatched;
import dev.heddle.thread.dispatch.Disposition;
import dev.heddle.thread.feed.ThreadFeed;
import dev.heddle.thread.followup.FollowUpQueue;
import dev.heddle.thread.project.Project;
import dev.heddle.thread.project.Projects;
import dev.heddle.thread.run.RunFeed;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import dev.heddle.thread.turn.LockedThread;
import dev.heddle.thread.turn.Turns;
import dev.heddle.thread.usage.Spent;
import dev.heddle.thread.usage.Usages;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The transaction in which a thread delegates a task. It locks the tree first, so that limits and
 * keys hold however many delegate at once, and of the runs those of the child and of what works for
 * it: see {@link Families}.
 */
@Component
@EnableConfigurationProperties(DelegationProperties.class)
class DelegationCommands {

  private static final Logger log = LoggerFactory.getLogger(DelegationCommands.class);

  /**
   * The thread that is to do a task.
   *
   * @param changes those that the feed is told before all others
   * @param version of the conversation before
   * @param moved the run before
   */
  private record Chosen(
      LockedThread thread, List<ThreadChange> changes, long version, RunFeed moved) {}

  private final Delegations delegations;
  private final Families families;
  private final DelegationProperties limits;
  private final Projects projects;
  private final Conversations conversations;
  private final Runs runs;
  private final Budgets budgets;
  private final Usages usages;
  private final Turns turns;
  private final FollowUpQueue queue;
  private final ThreadFeed feed;
  private final Audit audit;
  private final Clock clock;
  private final Ids ids;

  DelegationCommands(
      Delegations delegations,
      Families families,
      DelegationProperties limits,
      Projects projects,
      Conversations conversations,
      Runs runs,
      Budgets budgets,
      Usages usages,
      Turns turns,
      FollowUpQueue queue,
      ThreadFeed feed,
      Audit audit,
      Clock clock,
      Ids ids) {
    this.delegations = delegations;
    this.families = families;
    this.limits = limits;
    this.projects = projects;
    this.conversations = conversations;
    this.runs = runs;
    this.budgets = budgets;
    this.usages = usages;
    this.turns = turns;
    this.queue = queue;
    this.feed = feed;
    this.audit = audit;
    this.clock = clock;
    this.ids = ids;
  }

  /** Those that work for a thread directly, in the order in which they were delegated. */
  @Transactional(readOnly = true)
  List<ChildView> children(ThreadId parent) {
    if (conversations.find(parent) == null) {
      throw Conversations.unknown(parent);
    }
    List<Delegation> children = delegations.children(parent);
    List<UUID> ids = children.stream().map(one -> one.child().value()).toList();
    if (ids.isEmpty()) {
      return List.of();
    }
    Map<UUID, Spent> spent = usages.ofThreads(ids);
    Map<UUID, Conversation> stable =
        conversations.byIds(ids).stream()
            .collect(Collectors.toMap(c -> c.id().value(), Function.identity()));
    Map<UUID, ThreadRun> moving =
        runs.byIds(ids).stream()
            .collect(Collectors.toMap(r -> r.thread().value(), Function.identity()));
    return children.stream()
        .filter(one ->
            stable.containsKey(one.child().value()) && moving.containsKey(one.child().value()))
        .map(one ->
            ChildView.of(
                one,
                Objects.requireNonNull(stable.get(one.child().value())),
                Objects.requireNonNull(moving.get(one.child().value())),
                spent.getOrDefault(one.child().value(), Spent.NOTHING)))
        .toList();
  }

  /** Has a thread that is new, or adopted for it, do a task for another one. */
  @Transactional
  Dispatched delegate(ThreadId parent, Task task, String by) {
    if (task.adopted() == null) {
      families.lockTree(parent);
    } else {
      families.lockForest();
    }
    Conversation above = conversations.find(parent);
    if (above == null) {
      throw Conversations.unknown(parent);
    }
    Delegation known = delegations.find(parent, task.key()).orElse(null);
    if (known != null) {
      return again(known, task);
    }
    requireOpen(above);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Delegation line = delegations.ofChild(parent).orElse(null);
    ThreadId root = line == null ? parent : line.root();
    int depth = line == null ? 1 : line.depth() + 1;
    requireRoom(parent, root, depth, task);
    Chosen chosen = task.adopted() == null ? create(above, task, by, now) : adopt(above, task, now);
    ThreadRun run = chosen.thread().run();
    Delegation made =
        new Delegation(
            run.thread(),
            parent,
            root,
            depth,
            task.key(),
            task.hidden(),
            task.tellsParent(),
            task.content(),
            Delegation.Answer.NONE,
            null,
            null,
            by,
            now);
    delegations.add(made);
    audit.ofThread(AuditAction.THREAD_DELEGATED, run.thread(), by, null, List.of());
    // Before all that a busy thread would only be told later.
    budgets.require(run.thread(), chosen.thread().project().id());
    Dispatched answer = say(chosen.thread(), task, by, now);
    delegations.answered(
        run.thread(),
        new Delegation.Answer(answer.sessionId(), answer.messageId(), answer.followUpId()));
    conversations.flush();
    tell(chosen, made, by);
    log.atInfo()
        .addKeyValue("thread", run.thread())
        .addKeyValue("parent", parent)
        .addKeyValue("key", task.key())
        .addKeyValue("by", by)
        .log(task.adopted() == null ? "task delegated" : "task delegated to an adopted thread");
    return answer;
  }

  private static Dispatched again(Delegation known, Task task) {
    if (!known.content().equals(task.content())) {
      throw new ProblemException(
              ThreadError.DELEGATION_KEY_TAKEN,
              "the thread has delegated something else as "
                  + task.key()
                  + "; repeat that, or choose another key")
          .with("thread", known.child().toString());
    }
    Delegation.Answer answer = known.answer();
    return new Dispatched(
        known.child(),
        answer.session(),
        answer.message(),
        answer.followUp(),
        answer.followUp() == null ? Disposition.STARTED : Disposition.QUEUED);
  }

  private void requireRoom(ThreadId parent, ThreadId root, int depth, Task task) {
    ThreadId adopted = task.adopted();
    if (adopted != null) {
      requireFree(parent, adopted);
    }
    int height = adopted == null ? 0 : delegations.heightOf(adopted);
    if (depth + height > limits.maxDepth()) {
      throw new ProblemException(
              ThreadError.DELEGATION_TOO_DEEP,
              "a line of delegated threads is at most "
                  + limits.maxDepth()
                  + " long; let a thread nearer to the root delegate it")
          .with("limit", limits.maxDepth());
    }
    if (delegations.countOfChildren(parent) >= limits.maxChildren()) {
      throw tooMany("the thread has delegated to", limits.maxChildren());
    }
    int more = adopted == null ? 1 : delegations.sizeOfTree(adopted);
    if (delegations.sizeOfTree(root) + more > limits.maxTree()) {
      throw tooMany(
          "thread " + root + " and all that work for it would be more than", limits.maxTree());
    }
  }

  private void requireFree(ThreadId parent, ThreadId adopted) {
    for (ThreadId at = parent; at != null; ) {
      if (at.equals(adopted)) {
        throw new ProblemException(
            ThreadError.DELEGATION_CYCLE,
            "thread "
                + adopted
                + " would work for itself; choose one that the other does not"
                + " work for");
      }
      at = delegations.ofChild(at).map(Delegation::parent).orElse(null);
    }
    Delegation taken = delegations.ofChild(adopted).orElse(null);
    if (taken != null) {
      throw new ProblemException(
              ThreadError.DELEGATION_TAKEN,
              "thread " + adopted + " works for another one already; fork it, and delegate to that")
          .with("parent", taken.parent().toString());
    }
  }

  private static ProblemException tooMany(String what, int limit) {
    return new ProblemException(
            ThreadError.DELEGATION_TOO_MANY,
            what + " " + limit + " threads, which is the limit; delete those that are done with")
        .with("limit", limit);
  }

  private Chosen create(Conversation above, Task task, String by, Instant now) {
    Project project =
        task.project() == null ? projects.byId(above.project()) : projects.require(task.project());
    projects.hold(project);
    ThreadId id = new ThreadId(ids.next());
    Conversation conversation =
        new Conversation(
            id,
            project.id(),
            Title.of(task.said().text()),
            task.said().settings().over(above.settings()).checked(),
            by,
            now);
    conversation.limit(task.budget(), now);
    ThreadRun run = new ThreadRun(id, now);
    conversations.add(conversation);
    runs.add(run);
    conversations.flush();
    audit.ofThread(AuditAction.THREAD_CREATED, id, by, null, List.of());
    return new Chosen(
        new LockedThread(run, conversation, project),
        List.of(new ThreadChange.Created(by, now)),
        0,
        RunFeed.from(run));
  }

  private Chosen adopt(Conversation above, Task task, Instant now) {
    ThreadId id = Objects.requireNonNull(task.adopted());
    // All that belong to another tree now are told so.
    Set<UUID> members = new TreeSet<>(delegations.below(List.of(id.value())));
    members.add(id.value());
    ThreadRun run =
        runs.lockAll(members).stream()
            .filter(one -> one.thread().equals(id))
            .findFirst()
            .orElseThrow(() -> Conversations.unknown(id));
    Conversation conversation = conversations.lock(id);
    Project project =
        task.project() == null ? projects.byId(above.project()) : projects.require(task.project());
    if (!conversation.project().equals(project.id())) {
      throw new ProblemException(
          ThreadError.THREAD_OF_OTHER_PROJECT,
          "thread " + id + " does not belong to the project " + project.name());
    }
    projects.hold(project);
    requireOpen(conversation);
    Chosen chosen =
        new Chosen(
            new LockedThread(run, conversation, project),
            List.of(),
            conversation.version(),
            RunFeed.from(run));
    if (task.budget() != null) {
      conversation.limit(task.budget(), now);
      conversations.flush();
    }
    return chosen;
  }

  private static void requireOpen(Conversation conversation) {
    if (conversation.isArchived()) {
      throw new ProblemException(
          ThreadError.THREAD_ARCHIVED,
          "thread "
              + conversation.id()
              + " is archived; PATCH it with {\"archived\": false} first");
    }
  }

  private Dispatched say(LockedThread thread, Task task, String by, Instant now) {
    ThreadRun run = thread.run();
    if (run.status().isBusy()) {
      return Dispatched.toQueue(
          run.thread(), queue.add(run, task.said(), by, false, now), Disposition.QUEUED);
    }
    Turns.Begun begun = turns.begin(thread, task.said(), by, "delegated", now);
    return Dispatched.toSession(
        run.thread(), begun.session(), begun.message(), Disposition.STARTED);
  }

  private void tell(Chosen chosen, Delegation made, String by) {
    Conversation conversation = chosen.thread().conversation();
    List<ThreadChange> changes = new ArrayList<>(chosen.changes());
    if (conversation.version() != chosen.version()) {
      changes.add(conversation.told());
    }
    changes.addAll(chosen.moved().changes());
    changes.add(made.told());
    feed.tell(made.child(), by, changes);
    for (UUID below : delegations.below(List.of(made.child().value()))) {
      ThreadId thread = new ThreadId(below);
      delegations.ofChild(thread).ifPresent(one -> feed.tell(thread, by, one.told()));
    }
    feed.tell(made.parent(), by, made.toldToParent());
  }
}
