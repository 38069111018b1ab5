package dev.heddle.thread.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.CommandOutcome.Result;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.ProjectId;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.DecisionRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceRecord.TraceEvent;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.ThreadServiceSetting;
import dev.heddle.thread.feed.LiveCopy;
import dev.heddle.thread.run.SessionScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ApprovalIT extends ThreadServiceSetting {

  private static final Duration LONG = Duration.ofSeconds(30);

  /** A thread whose engine runs, as session-service tells it. */
  private final class Work {
    final String projectName = project();
    final String thread;
    final SessionScript script;

    Work() {
      Answer dispatched =
          http.post("/api/dispatch", Map.of("project", projectName, "prompt", "work"));
      thread = dispatched.text("threadId");
      script =
          new SessionScript(ThreadId.of(thread), SessionId.of(dispatched.text("sessionId")))
              .ofProject(projectId())
              .queued()
              .claimed("worker-1")
              .started("/w", null);
      publish(script.changes());
    }

    ProjectId projectId() {
      return ProjectId.of(http.get("/api/projects/" + projectName).text("id"));
    }

    ApprovalId asks(ApprovalRequested ask) {
      publish(script.asks(ask).last());
      awaitKnown(ask.approvalId());
      return ask.approvalId();
    }

    void becomes(SessionStatus status) {
      publish(script.becomes(status).last());
    }

    DecisionRequested sent(int index) {
      return wire.await(thread, DecisionRequested.class, index + 1).get(index);
    }

    int pending() {
      return http.get("/api/threads/" + thread).body().path("pendingApprovals").asInt();
    }
  }

  private Answer get(ApprovalId approval) {
    return http.get("/api/approvals/" + approval);
  }

  private void awaitKnown(ApprovalId approval) {
    await().atMost(LONG).until(() -> get(approval).status() == 200);
  }

  private void awaitState(ApprovalId approval, String state) {
    await(state).atMost(LONG).until(() -> state.equals(get(approval).text("state")));
  }

  private void awaitDelivery(ApprovalId approval, String delivery) {
    await(delivery)
        .atMost(LONG)
        .until(() -> delivery.equals(get(approval).text("decision.delivery")));
  }

  private Answer decide(ApprovalId approval, Map<String, String> body) {
    return http.post("/api/approvals/" + approval + "/decision", body);
  }

  private List<String> inbox(String filter) {
    List<String> ids = new ArrayList<>();
    http.get("/api/approvals?state=pending" + filter)
        .body()
        .path("items")
        .forEach(item -> ids.add(item.path("id").asString()));
    return ids;
  }

  @Test
  void whoHearsTheFeedKnowsWhatIsPendingWhoeverEndsIt() {
    Work work = new Work();
    ApprovalId decided = work.asks(Asks.run("npm test"));
    ApprovalId asked = work.asks(Asks.question("Which database?"));
    assertThat(compare(work).approvals()).containsExactly(decided.toString(), asked.toString());
    decide(decided, Map.of("decision", "allowed"));
    assertThat(compare(work).approvals()).containsExactly(asked.toString());
    assertThat(wire.now(work.thread, ThreadChanged.class).getLast().by()).isEqualTo("ada");
    assertThat(http.get("/api/audit?thread=" + work.thread).text("items.0.action"))
        .isEqualTo("approval.decided");
    ApprovalId newer = work.asks(Asks.question("Which one, then?"));
    assertThat(compare(work).approvals()).containsExactly(newer.toString());

    ApprovalId late = work.asks(Asks.expiring(time().instant().plusSeconds(5)));
    time().advance(Duration.ofSeconds(6));
    awaitState(late, "expired");
    assertThat(compare(work).approvals()).containsExactly(newer.toString());
    assertThat(wire.now(work.thread, ThreadChanged.class).getLast().by())
        .isEqualTo("thread-service");
    http.patch("/api/threads/" + work.thread, "{\"archived\":true}");
    assertThat(compare(work).approvals()).isEmpty();
    assertThat(get(newer).text("state")).isEqualTo("withdrawn");
  }

  private LiveCopy compare(Work work) {
    Answer thread = http.get("/api/threads/" + work.thread);
    int version = Integer.parseInt(thread.text("feedVersion"));
    LiveCopy copy = LiveCopy.of(wire.await(work.thread, ThreadChanged.class, version));
    copy.mustBe(thread);
    return copy;
  }

  /** Checklist 11 and 13. */
  @Test
  void anApprovalIsInTheInboxUntilItIsDecidedAndTheEngineHearsOfIt() {
    Work work = new Work();
    ApprovalRequested ask = Asks.run("npm test");
    ApprovalId approval = work.asks(ask);
    assertThat(http.get("/api/threads/" + work.thread).text("status")).isEqualTo("waiting");
    assertThat(work.pending()).isEqualTo(1);
    assertThat(inbox("&thread=" + work.thread)).containsExactly(approval.toString());
    assertThat(inbox("&project=" + work.projectName)).containsExactly(approval.toString());

    Answer decided =
        decide(approval, Map.of("decision", "denied", "message", "use the small suite"));
    assertThat(decided.status()).isEqualTo(200);
    assertThat(decided.text("state")).isEqualTo("denied");
    assertThat(decided.text("decision.by")).isEqualTo("ada");
    assertThat(decided.text("decision.delivery")).isEqualTo("sent");
    assertThat(inbox("&thread=" + work.thread)).isEmpty();
    assertThat(work.pending()).isZero();

    DecisionRequested sent = work.sent(0);
    assertThat(sent.decision())
        .isEqualTo(
            new Decision(
                approval,
                Decision.Verdict.DENIED,
                null,
                Decision.Scope.ONCE,
                "use the small suite",
                null));
    work.becomes(SessionStatus.RUNNING);
    publish(work.script.outcome(sent.commandId(), Result.ACCEPTED, null));
    awaitDelivery(approval, "applied");
    assertThat(http.get("/api/threads/" + work.thread).text("status")).isEqualTo("running");
  }

  /** Of the attempt that asked, in the order in which it happened. */
  private List<TraceBody> timeline(Work work, ApprovalId about, int atLeast) {
    await().atMost(LONG).until(() -> timelineNow(work, about).size() >= atLeast);
    return timelineNow(work, about);
  }

  private List<TraceBody> timelineNow(Work work, ApprovalId about) {
    return wire.now(work.thread, TraceEvent.class).stream()
        .filter(event -> event.origin() == Origin.THREAD && event.attempt() > 0)
        .map(TraceEvent::body)
        .filter(body -> body.toString().contains(about.toString()))
        .toList();
  }

  @Test
  void theTimelineTellsWhatBecomesOfAnApproval() {
    Work work = new Work();
    ApprovalId asked = work.asks(Asks.run("npm test"));
    publish(work.script.changes());
    decide(asked, Map.of("decision", "denied", "message", "use the small suite"));
    publish(work.script.outcome(work.sent(0).commandId(), Result.REJECTED, "it ended"));
    publish(work.script.outcome(work.sent(0).commandId(), Result.REJECTED, "it ended"));
    ApprovalId question = work.asks(Asks.question("Which database?"));
    ApprovalId newer = work.asks(Asks.question("Which one, then?"));
    work.becomes(SessionStatus.QUEUED);
    assertThat(timeline(work, newer, 2).getLast())
        .isEqualTo(new TraceBody.ApprovalClosed(newer, false, "became queued"));
    assertThat(timeline(work, asked, 3))
        .containsExactly(
            new TraceBody.ApprovalRequested(
                asked, ApprovalKind.APPROVAL, "Bash", "Run it", "npm test", false),
            new TraceBody.ApprovalDecided(
                asked,
                Decision.Verdict.DENIED,
                null,
                Decision.Scope.ONCE,
                "use the small suite",
                null,
                "ada",
                null),
            new TraceBody.ApprovalDelivered(asked, false, "it ended"));
    assertThat(timeline(work, question, 2).getLast())
        .isEqualTo(
            new TraceBody.ApprovalClosed(question, false, "a newer question took its place"));
    assertThat(wire.now(work.thread, TraceEvent.class))
        .filteredOn(event -> event.origin() == Origin.THREAD && event.attempt() > 0)
        .allSatisfy(event -> assertThat(event.attempt()).isEqualTo(1))
        .extracting(TraceEvent::seq)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void theTimelineTellsWhichRuleDecidedAndWhatExpired() {
    Work work = new Work();
    ApprovalId first = work.asks(Asks.run("npm test"));
    decide(first, Map.of("decision", "allowed", "scope", "thread"));
    ApprovalId second = work.asks(Asks.run("npm test"));
    TraceBody.ApprovalDecided byRule =
        (TraceBody.ApprovalDecided) timeline(work, second, 2).getLast();
    assertThat(byRule.ruleId()).isNotNull();
    assertThat(byRule.by()).isEqualTo("rule " + byRule.ruleId());
    assertThat(byRule.verdict()).isEqualTo(Decision.Verdict.ALLOWED);
    ApprovalId late = work.asks(Asks.expiring(time().instant().plusSeconds(5)));
    time().advance(Duration.ofSeconds(6));
    assertThat(timeline(work, late, 2).getLast())
        .isEqualTo(new TraceBody.ApprovalClosed(late, true, "nobody decided in time"));
  }

  @Test
  void theFirstDecisionWinsWhoeverDecidesAtOnce() throws Exception {
    Work work = new Work();
    ApprovalId approval = work.asks(Asks.run("npm test"));
    CountDownLatch start = new CountDownLatch(1);
    List<Answer> answers = new ArrayList<>();
    try (ExecutorService people = Executors.newFixedThreadPool(8)) {
      List<Future<Answer>> deciding = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String verdict = i % 2 == 0 ? "allowed" : "denied";
        deciding.add(
            people.submit(() -> {
              start.await();
              return decide(approval, Map.of("decision", verdict));
            }));
      }
      start.countDown();
      for (Future<Answer> one : deciding) {
        answers.add(one.get());
      }
    }
    List<Answer> won = answers.stream().filter(answer -> answer.status() == 200).toList();
    assertThat(won).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 200)
        .allSatisfy(answer -> {
          assertThat(answer.status()).isEqualTo(409);
          assertThat(answer.code()).isEqualTo("already_decided");
          assertThat(answer.text("approval.state")).isEqualTo(won.getFirst().text("state"));
        });
    work.sent(0);
    assertThat(wire.now(work.thread, DecisionRequested.class)).hasSize(1);
  }

  /** Promise 4: withdrawn with the reason when its engine dies, and asked again. */
  @Test
  void anApprovalOfALostAttemptIsWithdrawnWithTheReasonAndAskedAgainUnderANewId() {
    Work work = new Work();
    ApprovalId first = work.asks(Asks.run("npm test"));
    work.becomes(SessionStatus.QUEUED);
    awaitState(first, "withdrawn");
    assertThat(get(first).text("reason")).isEqualTo("became queued");
    assertThat(work.pending()).isZero();
    Answer late = decide(first, Map.of("decision", "allowed"));
    assertThat(late.status()).isEqualTo(409);
    assertThat(late.code()).isEqualTo("approval_dead");
    assertThat(late.text("detail")).contains("became queued");

    publish(work.script.claimed("worker-2").last());
    publish(work.script.started("/w", null).last());
    ApprovalId second = work.asks(Asks.run("npm test"));
    assertThat(get(second).text("state")).isEqualTo("pending");
    assertThat(get(second).body().path("attempt").asInt()).isEqualTo(2);
    assertThat(inbox("&thread=" + work.thread)).containsExactly(second.toString());
  }

  @Test
  void aDecisionThatDidNotReachTheEngineIsRefusedWithTheReason() {
    Work work = new Work();
    ApprovalId approval = work.asks(Asks.run("npm test"));
    decide(approval, Map.of("decision", "allowed"));
    DecisionRequested sent = work.sent(0);
    work.becomes(SessionStatus.FAILED);
    publish(work.script.outcome(sent.commandId(), Result.EXPIRED, "the attempt ended first"));
    awaitDelivery(approval, "refused");
    assertThat(get(approval).text("state")).isEqualTo("allowed");
    assertThat(get(approval).text("decision.deliveryReason")).isEqualTo("the attempt ended first");
    assertThat(http.get("/api/threads/" + work.thread).text("status")).isEqualTo("idle");
    // Told again, also otherwise, it stays.
    publish(work.script.outcome(sent.commandId(), Result.ACCEPTED, null));
    ApprovalId marker = new Work().asks(Asks.run("marker"));
    awaitKnown(marker);
    assertThat(get(approval).text("decision.delivery")).isEqualTo("refused");
  }

  @Test
  void aDecisionThatNobodyHasAnsweredIsSentAgainAsItWas() {
    Work work = new Work();
    ApprovalId approval = work.asks(Asks.run("npm test"));
    decide(approval, Map.of("optionId", "s"));
    DecisionRequested sent = work.sent(0);
    assertThat(sent.decision().scope()).isEqualTo(Decision.Scope.SESSION);
    await().atMost(LONG).until(() -> unsent(work.thread) == 0);
    time().advance(Duration.ofSeconds(31));
    assertThat(wire.await(work.thread, DecisionRequested.class, 2)).containsOnly(sent);
    publish(work.script.outcome(sent.commandId(), Result.ACCEPTED, null));
    awaitDelivery(approval, "applied");
    assertThat(
            count(
                "select count(*) from session_command where result is null and thread_id = '%s'"
                    .formatted(work.thread)))
        .isZero();
  }

  private long unsent(String thread) {
    return count(
        "select count(*) from outbox where topic = 'session.requested' and key = '%s'"
            .formatted(thread));
  }

  @Test
  void duplicatesAndReorderingsOfWhatIsToldChangeNothing() {
    for (int seed = 0; seed < 6; seed++) {
      Work work = new Work();
      ApprovalRequested one = Asks.run("one");
      ApprovalRequested two = Asks.run("two");
      ApprovalRequested three = Asks.run("three");
      List<SessionChanged> changes = new ArrayList<>();
      changes.add(work.script.asks(one).last());
      changes.add(work.script.withdraws(one.approvalId(), "not needed").last());
      changes.add(work.script.asks(two).last());
      changes.add(work.script.becomes(SessionStatus.QUEUED).last());
      changes.add(work.script.claimed("worker-2").last());
      changes.add(work.script.started("/w", null).last());
      changes.add(work.script.asks(three).last());
      publish(changes);
      awaitState(three.approvalId(), "pending");
      Collections.shuffle(changes, new Random(seed));
      publish(changes);
      publish(changes.reversed());
      ApprovalRequested last = Asks.run("last");
      work.asks(last);
      assertThat(get(one.approvalId()).text("state")).isEqualTo("withdrawn");
      assertThat(get(one.approvalId()).text("reason")).isEqualTo("not needed");
      assertThat(get(two.approvalId()).text("state")).isEqualTo("withdrawn");
      assertThat(get(three.approvalId()).text("state")).isEqualTo("pending");
      assertThat(work.pending()).isEqualTo(2);
    }
  }

  @Test
  void aRequestThatComesAfterWhatFollowedItIsNoNews() {
    Work work = new Work();
    ApprovalRequested late = Asks.run("late");
    SessionChanged asked = work.script.asks(late).last();
    SessionChanged lost = work.script.becomes(SessionStatus.QUEUED).last();
    publish(List.of(lost, asked));
    publish(work.script.claimed("worker-2").last());
    publish(work.script.started("/w", null).last());
    work.asks(Asks.run("marker"));
    assertThat(get(late.approvalId()).status()).isEqualTo(404);
  }

  /** Checklist 18. */
  @Test
  void newQuestionsReplacePendingOnesAndAnAnswerContinuesTheRun() {
    Work work = new Work();
    ApprovalId permission = work.asks(Asks.run("npm test"));
    ApprovalId first = work.asks(Asks.question("Which database?"));
    ApprovalId second = work.asks(Asks.question("Which port?"));
    assertThat(get(first).text("state")).isEqualTo("withdrawn");
    assertThat(get(first).text("reason")).isEqualTo("a newer question took its place");
    assertThat(get(permission).text("state")).isEqualTo("pending");
    Answer answered = decide(second, Map.of("answer", "5432"));
    assertThat(answered.text("state")).isEqualTo("allowed");
    assertThat(work.sent(0).decision().answer()).isEqualTo("5432");
    work.becomes(SessionStatus.RUNNING);
    await()
        .atMost(LONG)
        .until(() -> http.get("/api/threads/" + work.thread).text("status").equals("running"));
  }

  /** Checklist 11. */
  @Test
  void aStopLeavesNothingToDecide() {
    Work archived = new Work();
    ApprovalId one = archived.asks(Asks.run("npm test"));
    http.patch("/api/threads/" + archived.thread, "{\"archived\":true}");
    assertThat(get(one).text("state")).isEqualTo("withdrawn");
    assertThat(get(one).text("reason")).isEqualTo("stopped by ada: thread archived");
    assertThat(archived.pending()).isZero();
    ApprovalRequested tooLate = Asks.run("too late");
    publish(archived.script.stopping().last());
    awaitKnownAsWithdrawn(archived, tooLate);

    Work cancelled = new Work();
    ApprovalId two = cancelled.asks(Asks.run("npm test"));
    publish(cancelled.script.stopping().last());
    awaitState(two, "withdrawn");
  }

  private void awaitKnownAsWithdrawn(Work work, ApprovalRequested ask) {
    SessionChanged asked = work.script.asks(ask).last();
    publish(
        new SessionChanged(
            asked.sessionId(),
            asked.threadId(),
            asked.version(),
            work.script
                .changes()
                .get(asked.version() == 1 ? 0 : (int) asked.version() - 2)
                .session(),
            ask,
            "asked while it stops",
            asked.at()));
    awaitState(ask.approvalId(), "withdrawn");
  }

  @Test
  void whatNobodyDecidesInTimeExpiresAndTheEngineHearsANo() {
    Work work = new Work();
    ApprovalId approval = work.asks(Asks.expiring(time().instant().plusSeconds(60)));
    time().advance(Duration.ofSeconds(61));
    awaitState(approval, "expired");
    Decision told = work.sent(0).decision();
    assertThat(told.verdict()).isEqualTo(Decision.Verdict.DENIED);
    assertThat(told.message()).isEqualTo("nobody decided in time");
    Answer late = decide(approval, Map.of("decision", "allowed"));
    assertThat(late.code()).isEqualTo("approval_dead");
    assertThat(work.pending()).isZero();
  }

  @Test
  void aSessionWithoutAThreadIsInTheInboxToo() {
    SessionId session = new SessionId(UUID.randomUUID());
    SessionScript script =
        new SessionScript(null, session).queued().claimed("worker-1").started("/w", null);
    ApprovalRequested ask = Asks.run("npm test");
    script.asks(ask);
    publish(script.changes());
    publish(script.changes());
    awaitKnown(ask.approvalId());
    assertThat(inbox("")).contains(ask.approvalId().toString());
    assertThat(get(ask.approvalId()).text("threadId")).isNull();
    assertThat(decide(ask.approvalId(), Map.of("decision", "allowed", "scope", "thread")).code())
        .isEqualTo("invalid_decision");
    decide(ask.approvalId(), Map.of("decision", "allowed"));
    DecisionRequested sent = wire.await(session.toString(), DecisionRequested.class, 1).getFirst();
    assertThat(sent.threadId()).isNull();
    publish(script.outcome(sent.commandId(), Result.ACCEPTED, null));
    awaitDelivery(ask.approvalId(), "applied");

    ApprovalRequested second = Asks.run("npm publish");
    publish(script.asks(second).last());
    awaitKnown(second.approvalId());
    publish(script.completed().last());
    awaitState(second.approvalId(), "withdrawn");
  }

  @Test
  void anAlwaysBecomesARuleThatAnswersTheNextByItselfUntilItIsRevoked() {
    Work work = new Work();
    ApprovalId first = work.asks(Asks.run("npm test *"));
    assertThat(decide(first, Map.of("optionId", "a")).text("decision.scope")).isEqualTo("thread");
    var rules = http.get("/api/rules?thread=" + work.thread).body().path("items");
    assertThat(rules).hasSize(1);
    assertThat(rules.get(0).path("tool").asString()).isEqualTo("Bash");
    assertThat(rules.get(0).path("pattern").asString()).isEqualTo("npm test \\*");
    assertThat(rules.get(0).path("createdBy").asString()).isEqualTo("ada");
    String rule = rules.get(0).path("id").asString();

    ApprovalId same = work.asks(Asks.run("npm test *"));
    assertThat(get(same).text("state")).isEqualTo("allowed");
    assertThat(get(same).text("decision.ruleId")).isEqualTo(rule);
    assertThat(get(same).text("decision.by")).isEqualTo("rule " + rule);
    assertThat(work.sent(1).decision().approvalId()).isEqualTo(same);
    assertThat(get(work.asks(Asks.run("npm test x"))).text("state")).isEqualTo("pending");

    assertThat(http.delete("/api/rules/" + rule).status()).isEqualTo(204);
    assertThat(http.delete("/api/rules/" + rule).code()).isEqualTo("unknown_rule");
    assertThat(get(work.asks(Asks.run("npm test *"))).text("state")).isEqualTo("pending");
  }

  /** Checklist 12. */
  @Test
  void rulesOfAThreadStandOverThoseOfItsProjectAndThoseOfItsUser() {
    Work work = new Work();
    // The runs of these tests are those of the user local, as session-service tells them.
    Answer user = rule(Map.of("scope", "user", "tool", "Bash", "decision", "deny"));
    assertThat(user.status()).isEqualTo(201);
    assertThat(get(work.asks(Asks.run("make"))).text("state")).isEqualTo("denied");
    rule(
        Map.of(
            "scope",
            "project",
            "project",
            work.projectName,
            "tool",
            "Bash",
            "pattern",
            "make*",
            "decision",
            "allow"));
    assertThat(get(work.asks(Asks.run("make"))).text("state")).isEqualTo("allowed");
    rule(
        Map.of(
            "scope",
            "thread",
            "thread",
            work.thread,
            "tool",
            "*",
            "pattern",
            "make install",
            "decision",
            "deny"));
    assertThat(get(work.asks(Asks.run("make install"))).text("state")).isEqualTo("denied");
    assertThat(get(work.asks(Asks.run("make all"))).text("state")).isEqualTo("allowed");
    assertThat(http.delete("/api/rules/" + user.text("id")).status()).isEqualTo(204);
  }

  private Answer rule(Map<String, String> body) {
    return as(dev.heddle.testkit.TestIdentity.bearer("local")).post("/api/rules", body);
  }

  @Test
  void aRuleThatSaysTheSameIsKeptOnce() {
    Work work = new Work();
    Map<String, String> body =
        Map.of("scope", "thread", "thread", work.thread, "tool", "Edit", "decision", "allow");
    assertThat(rule(body).text("id")).isEqualTo(rule(body).text("id"));
    assertThat(http.get("/api/rules?scope=thread&thread=" + work.thread).body().path("items"))
        .hasSize(1);
  }

  @Test
  void theInboxComesInPages() {
    Work work = new Work();
    List<String> asked = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      asked.addFirst(work.asks(Asks.run("npm " + i)).toString());
    }
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = http.get("/api/approvals?state=pending&limit=2&thread=" + work.thread + cursor);
      page.body().path("items").forEach(item -> seen.add(item.path("id").asString()));
      cursor = page.text("nextCursor") == null ? null : "&cursor=" + page.text("nextCursor");
    } while (cursor != null);
    assertThat(seen).isEqualTo(asked);
  }

  @Test
  void whatIsNoDecisionIsRefusedAndChangesNothing() {
    Work work = new Work();
    ApprovalId approval = work.asks(Asks.run("npm test"));
    ApprovalId question = work.asks(Asks.question("Which?"));
    ApprovalId cut = work.asks(Asks.tool("Bash", "npm", true));
    Map<String, Long> before = rows();
    for (Map<String, String> body :
        List.<Map<String, String>>of(
            Map.of(),
            Map.of("decision", "perhaps"),
            Map.of("decision", "allowed", "scope", "ever"),
            Map.of("optionId", "nope"),
            Map.of("optionId", "y", "decision", "denied"),
            Map.of("decision", "allowed", "answer", "forty-two"),
            Map.of("decision", "allowed", "pattern", "*"),
            Map.of("decision", "denied", "message", "x".repeat(16_385)))) {
      assertThat(decide(approval, body).code())
          .as("%s", body.keySet())
          .isEqualTo("invalid_decision");
    }
    assertThat(decide(question, Map.of("answer", "x", "scope", "thread")).code())
        .isEqualTo("invalid_decision");
    assertThat(decide(cut, Map.of("decision", "allowed", "scope", "thread")).code())
        .isEqualTo("invalid_decision");
    assertThat(
            decide(
                    approval,
                    Map.of("decision", "allowed", "scope", "thread", "pattern", "x".repeat(1_001)))
                .code())
        .isEqualTo("invalid_rule");
    assertThat(http.get("/api/approvals/nonsense").code()).isEqualTo("invalid_approval");
    assertThat(http.get("/api/approvals/" + UUID.randomUUID()).code())
        .isEqualTo("unknown_approval");
    assertThat(http.get("/api/approvals?state=lost").code()).isEqualTo("invalid_choice");
    assertThat(rule(Map.of("scope", "thread", "tool", "Bash", "decision", "allow")).code())
        .isEqualTo("invalid_rule");
    assertThat(rule(Map.of("scope", "user", "tool", "", "decision", "allow")).code())
        .isEqualTo("invalid_rule");
    assertThat(rule(Map.of("scope", "user", "tool", "Bash", "decision", "maybe")).code())
        .isEqualTo("invalid_rule");
    assertThat(
            rule(Map.of(
                    "scope",
                    "thread",
                    "thread",
                    UUID.randomUUID().toString(),
                    "tool",
                    "Bash",
                    "decision",
                    "allow"))
                .code())
        .isEqualTo("unknown_thread");
    assertThat(get(approval).text("state")).isEqualTo("pending");
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void whatEnginesWriteThatIsNoTextIsKeptWithoutIt() {
    Work work = new Work();
    ApprovalId approval = work.asks(Asks.run("a\u0000b"));
    assertThat(get(approval).text("input")).isEqualTo("a\uFFFDb");
  }

  @Test
  void aDeletedThreadTakesItsApprovalsAndRulesAlong() {
    Work work = new Work();
    ApprovalId approval = work.asks(Asks.run("npm test"));
    decide(approval, Map.of("optionId", "a"));
    publish(work.script.completed().last());
    await()
        .atMost(LONG)
        .until(() -> http.get("/api/threads/" + work.thread).text("status").equals("idle"));
    assertThat(http.delete("/api/threads/" + work.thread).status()).isEqualTo(204);
    assertThat(get(approval).status()).isEqualTo(404);
    assertThat(count("select count(*) from rule where thread_id = '%s'".formatted(work.thread)))
        .isZero();
  }
}
