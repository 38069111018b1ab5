package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.local.SystemState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Two replicas of each service, of which one is killed under load, each service in its turn. */
class ReplicasIT {

  private static final int RUNS = 100;
  private static final int STREAMS = 3;
  private static final List<String> SERVICES =
      List.of("thread-service", "session-service", "trace-service");
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static HeddleSystem system;

  @TempDir Path marks;

  @BeforeAll
  static void up() {
    system = HeddleSystem.create();
    system.up("--replicas", "2", "--workers", "2", "--slots", "4");
  }

  @AfterAll
  static void down() {
    system.close();
  }

  @Test
  void nothingIsLostOrDoneTwiceWhenAReplicaOfEachServiceDiesUnderLoad() throws Exception {
    long seed = System.nanoTime();
    System.out.println("ReplicasIT: the seed of the kills is " + seed);
    Random random = new Random(seed);
    String project = system.project();
    List<StreamClient> streams = new ArrayList<>();
    List<HeddleSystem.Dispatched> runs;
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> followed = new ArrayList<>();
      for (int n = 0; n < STREAMS; n++) {
        StreamClient client = new StreamClient(system, dispatch(project, talk()));
        streams.add(client);
        followed.add(threads.submit(() -> follow(client)));
      }
      Semaphore pace = new Semaphore(0);
      Future<List<HeddleSystem.Dispatched>> dispatched =
          threads.submit(() -> dispatchAll(project, pace));
      for (String service : SERVICES) {
        pace.release(RUNS / SERVICES.size());
        killOne(service, random);
      }
      pace.release(RUNS);
      runs = dispatched.get();
      system.awaitDone(
          runs.stream().map(HeddleSystem.Dispatched::session).toList(), Duration.ofMinutes(4));
      assertThat(marks.resolve("stop").toFile().createNewFile()).isTrue();
      for (Future<?> one : followed) {
        one.get();
      }
    }

    for (int index = 0; index < RUNS; index++) {
      JsonNode session = system.session(runs.get(index).session());
      assertThat(session.path("status").asString("")).as("run %d", index).isEqualTo("completed");
      assertThat(session.path("attempt").asInt()).as("run %d", index).isEqualTo(1);
      assertThat(marks.resolve(Integer.toString(index))).content().isEqualTo("ran\n");
    }
    assertThat(system.gateway().list("api/threads?project=" + project, 1_000))
        .as("threads, none of them twice")
        .hasSize(RUNS + STREAMS);
    for (StreamClient stream : streams) {
      assertThat(stream.received()).hasSizeGreaterThan(20);
      stream.assertComplete();
    }
    for (HeddleSystem.Dispatched run : runs) {
      awaitAnswer(run);
    }
  }

  /** Long enough that the streams live through all the kills. */
  private String talk() {
    return "until [ -e %s/stop ]; do echo line; sleep 0.1; done; echo end".formatted(marks);
  }

  private List<HeddleSystem.Dispatched> dispatchAll(String project, Semaphore pace)
      throws Exception {
    List<HeddleSystem.Dispatched> runs = new ArrayList<>();
    for (int index = 0; index < RUNS; index++) {
      pace.acquire();
      runs.add(
          dispatch(project, "echo ran >> %s/%d; sleep 0.2; echo done".formatted(marks, index)));
    }
    return runs;
  }

  /** As a careful client does it: the same key again until there is an answer. */
  private static HeddleSystem.Dispatched dispatch(String project, String prompt) {
    String key = UUID.randomUUID().toString();
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("project", project);
    request.put("prompt", prompt);
    request.put("engine", "command");
    JsonNode accepted =
        await()
            .atMost(LIMIT)
            .ignoreExceptionsMatching(e ->
                e instanceof CommandFailure failure && failure.exitCode() == ExitCode.UNREACHABLE)
            .until(() -> system.gateway().post("api/dispatch", request, key), answer -> true);
    return new HeddleSystem.Dispatched(
        accepted.path("threadId").asString(), accepted.path("sessionId").asString());
  }

  private static Void follow(StreamClient client) throws Exception {
    Instant limit = Instant.now().plus(LIMIT);
    while (!client.ended() && Instant.now().isBefore(limit)) {
      client.read(Integer.MAX_VALUE);
    }
    assertThat(client.ended()).as("the stream came to its end").isTrue();
    return null;
  }

  /** kill -9; the other replica has to carry on alone until the launcher has started it again. */
  private static void killOne(String service, Random random) {
    List<SystemState.Part> replicas = replicas(service);
    assertThat(replicas).as(service).hasSize(2);
    SystemState.Part victim = replicas.get(random.nextInt(2));
    System.out.println("ReplicasIT: killing " + victim.name());
    system.restart(victim.name());
  }

  private static List<SystemState.Part> replicas(String service) {
    return system.state().parts().stream().filter(part -> part.name().startsWith(service)).toList();
  }

  private static void awaitAnswer(HeddleSystem.Dispatched run) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(system.transcript(run.thread()))
                .filteredOn(item -> item.path("role").asString("").equals("assistant"))
                .singleElement()
                .satisfies(
                    item -> assertThat(item.path("text").asString("").strip()).isEqualTo("done")));
  }
}
