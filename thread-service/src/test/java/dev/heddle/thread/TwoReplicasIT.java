package dev.heddle.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionRequest.DecisionRequested;
import dev.heddle.contracts.SessionRequest.InputRequested;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.ThreadId;
import dev.heddle.testkit.TestIdentity;
import dev.heddle.thread.Http.Answer;
import dev.heddle.thread.feed.LiveCopy;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;

/**
 * Two replicas over one database and one broker under one load: people who do anything at both, and
 * sessions of which the records come late, twice and out of order, while one replica is restarted.
 * The seed of the dice is printed; {@code -Dheddle.replicas.seed=N} repeats them, though not the
 * scheduling of the machine.
 */
class TwoReplicasIT extends ThreadServiceSetting {

  private static final int THREADS = 4;
  private static final int CLIENTS = 4;
  private static final int ROUNDS = 3;
  private static final int ACTIONS = 40;
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration BEAT = Duration.ofMillis(10);

  @Autowired private Environment environment;

  private final AtomicInteger texts = new AtomicInteger();
  private final Map<String, Said> said = new ConcurrentHashMap<>();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();
  private final Set<String> perhapsWithdrawn = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> decided = new ConcurrentHashMap<>();
  private final List<ThreadId> threads = new ArrayList<>();

  private ConfigurableApplicationContext context;
  private volatile Http other;
  private volatile boolean restarting;

  /** Something that was accepted, and how; the follow-up is null where it became none. */
  private record Said(ThreadId thread, String disposition, @Nullable String followUp) {}

  @Test
  void whateverComesWhereverEachReplicaAnswersTheSameAndNothingIsLostOrDoneTwice()
      throws Exception {
    long seed = Long.getLong("heddle.replicas.seed", System.nanoTime());
    System.out.println("TwoReplicasIT: -Dheddle.replicas.seed=" + seed);
    startOther();
    try {
      String project = project();
      for (int i = 0; i < THREADS; i++) {
        String text = "begin " + i;
        Answer begun = http.post("/api/dispatch", Map.of("project", project, "prompt", text));
        ThreadId thread = ThreadId.of(begun.text("threadId"));
        threads.add(thread);
        said.put(text, new Said(thread, "started", null));
      }
      PlayedSessions sessions = new PlayedSessions(wire, threads, this::publish, new Random(seed));
      for (int round = 0; round < ROUNDS; round++) {
        load(sessions, seed + 100L * (round + 1), round > 0);
        compare(sessions);
        // Whatever was not answered is asked for again, by whichever replica looks first.
        time().advance(Duration.ofSeconds(31));
      }
      end(sessions);
      System.out.println("TwoReplicasIT: %s, %d texts".formatted(sessions.summary(), said.size()));
      compare(sessions);
      threads.forEach(thread -> outcomeIsThatOfTheLastSession(sessions, thread));
      nothingWasLostOrDoneTwice(sessions);
      eachDecisionWasSentOnce();
    } finally {
      context.close();
    }
  }

  private void startOther() {
    context =
        new SpringApplicationBuilder(ThreadServiceApplication.class)
            .initializers(
                (GenericApplicationContext fresh) -> fresh.registerBean(Clock.class, () -> clock))
            .run(
                "--server.port=0",
                "--heddle.thread.repair.every=100ms",
                "--heddle.thread.approval.every=100ms",
                option("spring.datasource.url"),
                option("spring.datasource.username"),
                option("spring.datasource.password"),
                option("spring.flyway.default-schema"),
                option("spring.kafka.bootstrap-servers"),
                option("heddle.security.gateway-public-key"));
    int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    other = new Http(port, TestIdentity.bearer("ada"));
  }

  private String option(String key) {
    return "--" + key + "=" + environment.getRequiredProperty(key);
  }

  private void restartOther() {
    restarting = true;
    context.close();
    startOther();
    restarting = false;
  }

  private void load(PlayedSessions sessions, long seed, boolean restart) throws Exception {
    try (ExecutorService pool = Executors.newCachedThreadPool()) {
      List<Future<?>> running = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        Random dice = new Random(seed + client);
        running.add(
            pool.submit(() -> {
              for (int i = 0; i < ACTIONS; i++) {
                act(dice);
              }
            }));
      }
      if (restart) {
        running.add(pool.submit(this::restartOther));
      }
      await("the load")
          .atMost(LONG)
          .pollDelay(BEAT)
          .pollInterval(BEAT)
          .until(() -> {
            sessions.turn();
            return running.stream().allMatch(Future::isDone);
          });
      for (Future<?> one : running) {
        one.get();
      }
    }
  }

  private void act(Random dice) {
    ThreadId thread = threads.get(dice.nextInt(THREADS));
    String path = "/api/threads/" + thread;
    switch (dice.nextInt(20)) {
      case 0, 1, 2, 3, 4 -> say(dice, thread, "queue");
      case 5, 6, 7 -> say(dice, thread, "steer");
      case 8, 9 -> say(dice, thread, "interrupt");
      case 10 -> say(dice, thread, "reject");
      case 11, 12 -> withdraw(dice, path);
      case 13 ->
          oneOf(dice, items(dice, path + "/follow-ups"))
              .ifPresent(item ->
                  ask(dice, one -> one.postText(path + "/follow-ups/" + id(item) + "/send", "")));
      case 14, 15 -> ask(dice, one -> one.postText(path + "/follow-ups/resume", ""));
      case 16 -> {
        ask(dice, one -> one.patch(path, "{\"archived\":true}"));
        ask(dice, one -> one.patch(path, "{\"archived\":false}"));
      }
      default -> decide(dice, thread);
    }
  }

  private void say(Random dice, ThreadId thread, String ifBusy) {
    String text = "say " + texts.incrementAndGet();
    String key = UUID.randomUUID().toString();
    Answer answer =
        ask(
            dice,
            one ->
                one.post(
                    "/api/threads/" + thread + "/messages",
                    Map.of("text", text, "ifBusy", ifBusy),
                    "Idempotency-Key",
                    key));
    if (answer.status() == 202) {
      said.put(text, new Said(thread, answer.text("disposition"), answer.text("followUpId")));
    } else {
      assertThat(answer.code()).isIn("thread_busy", "thread_archived");
      refused.add(text);
    }
  }

  private void withdraw(Random dice, String path) {
    Optional<JsonNode> chosen = oneOf(dice, items(dice, path + "/follow-ups"));
    if (chosen.isEmpty()) {
      return;
    }
    String text = chosen.get().path("text").asString();
    Optional<Answer> answer =
        once(dice, one -> one.delete(path + "/follow-ups/" + id(chosen.get())));
    if (answer.isEmpty()) {
      perhapsWithdrawn.add(text);
    } else if (answer.get().status() == 204) {
      withdrawn.add(text);
    } else {
      assertThat(answer.get().code()).isIn("follow_up_sent", "follow_up_removed");
    }
  }

  private void decide(Random dice, ThreadId thread) {
    oneOf(dice, items(dice, "/api/approvals?state=pending&thread=" + thread))
        .map(TwoReplicasIT::id)
        .ifPresent(approval -> {
          String verdict = dice.nextBoolean() ? "allowed" : "denied";
          Answer answer =
              ask(
                  dice,
                  one ->
                      one.post(
                          "/api/approvals/" + approval + "/decision", Map.of("decision", verdict)));
          if (answer.status() == 200) {
            decided.merge(approval, 1, Integer::sum);
          } else {
            assertThat(answer.status()).isEqualTo(409);
          }
        });
  }

  private static Optional<JsonNode> oneOf(Random dice, JsonNode items) {
    return items.isEmpty() ? Optional.empty() : Optional.of(items.get(dice.nextInt(items.size())));
  }

  private JsonNode items(Random dice, String path) {
    return ask(dice, one -> one.get(path)).body().path("items");
  }

  private static String id(JsonNode item) {
    return item.path("id").asString();
  }

  /** As a careful client does it: what the one does not answer is asked of the other again. */
  private Answer ask(Random dice, Function<Http, Answer> request) {
    return once(dice, request).orElseGet(() -> answered(request.apply(http)));
  }

  /** Empty where nobody answered, so that nobody knows what became of it. */
  private Optional<Answer> once(Random dice, Function<Http, Answer> request) {
    if (dice.nextBoolean()) {
      return Optional.of(answered(request.apply(http)));
    }
    try {
      Answer answer = request.apply(other);
      return answer.status() >= 500 && restarting
          ? Optional.empty()
          : Optional.of(answered(answer));
    } catch (UncheckedIOException away) {
      assertThat(restarting).as("the other replica is away since it is restarted").isTrue();
      return Optional.empty();
    }
  }

  private static Answer answered(Answer answer) {
    assertThat(answer.status()).as("%s", answer.body()).isLessThan(500);
    return answer;
  }

  /** No session moves meanwhile; what is on its way arrives. */
  private void compare(PlayedSessions sessions) {
    for (ThreadId thread : threads) {
      await("thread " + thread + " to follow its session")
          .atMost(LONG)
          .untilAsserted(() -> {
            sessions.settle();
            statusIsThatOfTheSession(sessions, thread);
          });
    }
    for (ThreadId thread : threads) {
      await("the feed of " + thread)
          .atMost(LONG)
          .untilAsserted(() -> {
            sessions.settle();
            bothAnswerTheSame(thread);
            theFeedIsWhatIsShown(thread);
          });
    }
  }

  private void statusIsThatOfTheSession(PlayedSessions sessions, ThreadId thread) {
    Answer shown = http.get("/api/threads/" + thread);
    String active = shown.text("activeSession");
    List<String> unfinished =
        sessions.unfinished(thread).stream().map(SessionId::toString).toList();
    if (active == null) {
      assertThat(unfinished).isEmpty();
      assertThat(shown.text("status")).isEqualTo("idle");
    } else {
      assertThat(unfinished).containsExactly(active);
      assertThat(shown.text("status"))
          .isEqualTo(
              switch (sessions.status(SessionId.of(active))) {
                case QUEUED -> "queued";
                case CLAIMED, RUNNING -> "running";
                case WAITING -> "waiting";
                case STOPPING -> "stopping";
                case COMPLETED, FAILED, CANCELLED -> "idle";
              });
    }
  }

  private void bothAnswerTheSame(ThreadId thread) {
    for (String path :
        List.of(
            "/api/threads/" + thread,
            "/api/threads/" + thread + "/messages?limit=200",
            "/api/threads/" + thread + "/transitions",
            "/api/threads/" + thread + "/follow-ups",
            "/api/approvals?thread=" + thread)) {
      Answer here = http.get(path);
      assertThat(here.status()).isEqualTo(200);
      assertThat(other.get(path).body()).as(path).isEqualTo(here.body());
    }
  }

  private void theFeedIsWhatIsShown(ThreadId thread) {
    Answer shown = other.get("/api/threads/" + thread);
    List<ThreadChanged> feed = wire.now(thread.toString(), ThreadChanged.class);
    Map<Long, ThreadChanged> told = new HashMap<>();
    long last = 0;
    for (ThreadChanged change : feed) {
      ThreadChanged before = told.putIfAbsent(change.version(), change);
      if (before == null) {
        assertThat(change.version()).as("versions rise").isEqualTo(last + 1);
        last = change.version();
      } else {
        assertThat(change).as("what is told again").isEqualTo(before);
      }
    }
    LiveCopy.of(feed).mustBe(shown);
  }

  /** Sends what waits and lets every run end well, until nothing is left to do. */
  private void end(PlayedSessions sessions) {
    await("the end of all work")
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          sessions.finish();
          return threads.stream().allMatch(thread -> isQuiet(sessions, thread));
        });
  }

  private boolean isQuiet(PlayedSessions sessions, ThreadId thread) {
    Answer shown = http.get("/api/threads/" + thread);
    boolean idle = "idle".equals(shown.text("status"));
    boolean nothingWaits = shown.body().path("followUps").asInt() == 0;
    if (idle && !nothingWaits) {
      http.postText("/api/threads/" + thread + "/follow-ups/resume", "");
    }
    return idle && nothingWaits && sessions.unfinished(thread).isEmpty();
  }

  private void outcomeIsThatOfTheLastSession(PlayedSessions sessions, ThreadId thread) {
    Answer shown = http.get("/api/threads/" + thread);
    SessionChanged last = sessions.lastOf(thread);
    assertThat(shown.text("lastOutcome.status")).isEqualTo(last.session().status().wire());
    assertThat(shown.text("pendingApprovals")).isEqualTo("0");
    assertThat(http.get("/api/approvals?state=pending&thread=" + thread).body().path("items"))
        .isEmpty();
  }

  private void nothingWasLostOrDoneTwice(PlayedSessions sessions) {
    Map<String, Long> messages =
        jdbc
            .sql("select thread_id, text from message where role = 'USER'")
            .query((row, _) -> Map.entry(row.getString(1), row.getString(2)))
            .list()
            .stream()
            .filter(message -> threads.contains(ThreadId.of(message.getKey())))
            .collect(Collectors.groupingBy(Map.Entry::getValue, Collectors.counting()));
    Map<String, Set<CommandId>> inputs =
        threads.stream()
            .flatMap(thread -> wire.now(thread.toString(), InputRequested.class).stream())
            .collect(
                Collectors.groupingBy(
                    InputRequested::text,
                    Collectors.mapping(InputRequested::commandId, Collectors.toSet())));
    said.forEach((text, how) -> {
      List<SessionChanged> runs = sessions.askedFor(text);
      int steered = inputs.getOrDefault(text, Set.of()).size();
      assertThat(runs).allMatch(run -> how.thread().equals(run.threadId()));
      assertThat(messages.getOrDefault(text, 0L))
          .as("messages of '%s', which was %s", text, how)
          .isEqualTo(runs.size() + steered);
      boolean wasSteered = how.disposition().equals("steered");
      assertThat(steered)
          .as("inputs of '%s', which was %s", text, how)
          .isEqualTo(wasSteered ? 1 : 0);
      if (wasSteered && inputs.get(text).stream().allMatch(sessions::took)) {
        assertThat(runs).as("runs of '%s', which the engine took", text).isEmpty();
      } else {
        // What an engine did not take became the follow-up that is next.
        ran(text, how, runs, wasSteered || how.followUp() != null);
      }
    });
    for (String text : refused) {
      assertThat(sessions.askedFor(text)).as("runs of '%s', which was refused", text).isEmpty();
      assertThat(messages).doesNotContainKey(text);
      assertThat(inputs).doesNotContainKey(text);
    }
  }

  /** Once; a follow-up whose run failed before its engine started, at most once more. */
  private void ran(String text, Said how, List<SessionChanged> runs, boolean followUp) {
    boolean gone = withdrawn.contains(text);
    boolean perhapsGone = perhapsWithdrawn.contains(text);
    List<SessionChanged> whole = new ArrayList<>(runs);
    if (followUp && (runs.size() > 1 || gone) && !runs.isEmpty()) {
      SessionChanged first = whole.removeFirst();
      assertThat(first.session().status())
          .as("the first run of '%s', which came back", text)
          .isEqualTo(SessionStatus.FAILED);
      assertThat(first.session().startedAt()).isNull();
    }
    if (gone) {
      assertThat(whole).as("runs of '%s', which was withdrawn", text).isEmpty();
    } else if (perhapsGone) {
      assertThat(whole).as("runs of '%s', perhaps withdrawn", text).hasSizeLessThan(2);
    } else {
      assertThat(whole).as("runs of '%s', which was %s", text, how).hasSize(1);
    }
  }

  private void eachDecisionWasSentOnce() {
    Map<String, Set<CommandId>> sent =
        threads.stream()
            .flatMap(thread -> wire.now(thread.toString(), DecisionRequested.class).stream())
            .collect(
                Collectors.groupingBy(
                    decision -> decision.decision().approvalId().toString(),
                    Collectors.mapping(DecisionRequested::commandId, Collectors.toSet())));
    assertThat(sent.values()).allMatch(commands -> commands.size() == 1);
    decided.forEach((approval, times) -> {
      assertThat(times).as("accepted decisions of " + approval).isEqualTo(1);
      assertThat(sent).containsKey(approval);
    });
  }
}
