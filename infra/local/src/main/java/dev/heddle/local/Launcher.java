package dev.heddle.local;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The process that starts, supervises and stops all the others. It lives in a session of its own,
 * so that it outlives the terminal when asked to; SIGTERM and SIGINT make it stop everything in
 * order.
 */
public final class Launcher {

  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final LaunchOptions options;
  private final StartCaches caches;
  private final Progress progress;
  private final SystemLock lock;
  private final List<Child> children = new ArrayList<>();
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private final Instant startedAt = Instant.now();
  private final AtomicReference<@Nullable LocalException> firstFailure = new AtomicReference<>();
  private @Nullable RehearsalRun rehearsal;
  private SystemState.Phase phase = SystemState.Phase.STARTING;

  private Launcher(LaunchOptions options, StartCaches caches, Progress progress, SystemLock lock) {
    this.options = options;
    this.caches = caches;
    this.progress = progress;
    this.lock = lock;
  }

  /** Runs until it is told to stop; exit code 0 after an orderly stop that was asked for. */
  public static void main(String[] arguments) throws InterruptedException {
    run(LaunchOptions.parse(arguments), StartCaches.using());
  }

  static void run(LaunchOptions options, StartCaches caches) throws InterruptedException {
    options.home().create();
    Progress progress = new Progress(options.home().progress(options.launch()), System.out);
    Optional<SystemLock> lock = SystemLock.tryTake(options.home());
    if (lock.isEmpty()) {
      progress.failed(
          new LocalException(
              LocalException.Kind.BUSY,
              "another launcher holds " + options.home().root() + ". See 'heddle status'."));
      System.exit(1);
    }
    Launcher launcher = new Launcher(options, caches, progress, lock.get());
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook = new Thread(() -> launcher.stopOnSignal(stopped), "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      launcher.start();
      progress.ready();
      if (caches.areMade()) {
        Rehearsal.play(options);
        System.exit(0);
      }
      launcher.rehearse();
    } catch (LocalException e) {
      if (launcher.stopRequested.getCount() > 0) {
        LocalException first = launcher.firstFailure.get();
        progress.failed(first == null ? e : first);
        System.exit(1);
      }
    }
    stopped.await();
  }

  /** In the background: the next start will be faster, this one is done. */
  private void rehearse() {
    RehearsalRun run = new RehearsalRun(options, caches, text -> progress.note("launcher", text));
    synchronized (this) {
      if (stopRequested.getCount() > 0) {
        rehearsal = run;
        run.start();
      }
    }
  }

  private void stopOnSignal(CountDownLatch stopped) {
    stopRequested.countDown();
    try {
      stop();
      if (caches.areMade()) {
        caches.publish();
      }
      progress.stopped();
    } catch (LocalException e) {
      progress.failed(e);
    } catch (IOException e) {
      progress.note("launcher", "cannot put the start caches in place: " + e);
    } finally {
      stopped.countDown();
    }
  }

  private void start() {
    HeddleHome home = options.home();
    Optional<SystemState> before = SystemState.read(home);
    if (Leftovers.exist(home)) {
      step(
          "leftovers",
          "cleaning up after a launcher that was killed",
          () -> Leftovers.cleanLocked(home) + " processes ended");
    }
    DiskSpace.requireRoom(home.root(), DiskSpace.usable(home.root()));
    new Housekeeping(home, lock, new Notices()).start();
    write();
    Ports.requireFree(options.size().port());
    Ports ports = new Ports(RandomGenerator.getDefault());
    ports.free(options.size().port());
    Secrets secrets = new Secrets(home);
    secrets.token();
    Postgres postgres = new Postgres(home, secrets, ports.free(0), options.size().replicas());
    KafkaBroker kafka =
        new KafkaBroker(
            home, options.images(), caches, keptPort(before, ports, "kafka"), ports.free(0));
    Services services = new Services(options, caches, secrets, postgres, kafka);
    List<Runnable> starts = new ArrayList<>();
    Map<String, List<Integer>> replicas = new LinkedHashMap<>();
    for (String schema : Postgres.SCHEMAS) {
      List<Integer> listening = new ArrayList<>();
      for (int number = 1; number <= options.size().replicas(); number++) {
        String name = schema + "-service" + (number == 1 ? "" : "-" + number);
        int port = ports.free(0);
        listening.add(port);
        starts.add(() -> start(name, () -> services.service(schema, name, port)));
      }
      replicas.put(schema, listening);
    }
    for (int number = 1; number <= options.size().workers(); number++) {
      String id = "worker-" + number;
      int port = ports.free(0);
      starts.add(() -> start(id, () -> services.worker(id, port)));
    }
    // All others wait for the broker, which is there soonest while they leave it the processor. The
    // gateway needs nobody to start.
    together(
        () -> start("gateway", () -> services.gateway(replicas)),
        () -> {
          together(
              () -> step("postgresql", "PostgreSQL", () -> startPostgres(postgres)),
              () -> step("kafka", "Kafka broker", () -> start(kafka.prepare())));
          together(starts.toArray(Runnable[]::new));
        });
    synchronized (this) {
      phase = SystemState.Phase.READY;
    }
    write();
  }

  private static int keptPort(Optional<SystemState> before, Ports ports, String part) {
    return ports.free(
        before.flatMap(state -> state.part(part)).map(SystemState.Part::port).orElse(0));
  }

  private String startPostgres(Postgres postgres) {
    String where = start(postgres.prepare());
    postgres.provision();
    return where;
  }

  /**
   * What is described is made within the step: to lay out a service for the first time takes a
   * while.
   */
  private void start(String step, Supplier<ChildSpec> spec) {
    step(step, step, () -> start(spec.get()));
  }

  /** One part that does not come up ends the launch; the others need not be waited for. */
  private void orAbandon(Runnable work) {
    try {
      work.run();
    } catch (LocalException e) {
      if (firstFailure.compareAndSet(null, e)) {
        synchronized (this) {
          children.forEach(Child::abandon);
        }
      }
      throw e;
    }
  }

  private String start(ChildSpec spec) {
    ChildSpec marked = spec.markedFor(options.home());
    Child child =
        new Child(
            caches.areMade() ? marked.endingWithin(Rehearsal.LIMIT) : marked,
            options.launch(),
            this::changed);
    synchronized (this) {
      if (stopRequested.getCount() == 0) {
        throw new LocalException(LocalException.Kind.PART_FAILED, "stopping");
      }
      children.add(child);
    }
    child.start(caches.areMade() ? Rehearsal.LIMIT : LIMIT);
    return "127.0.0.1:" + spec.port();
  }

  /** Never fails: whatever cannot be written down must not keep a part from its next start. */
  private void changed(Child child, String what) {
    try {
      write();
    } catch (LocalException e) {
      progress.note("launcher", e.text());
    }
    if (readyPhase() || what.startsWith("ended")) {
      progress.note(child.name(), what);
    }
  }

  private synchronized boolean readyPhase() {
    return phase == SystemState.Phase.READY;
  }

  private synchronized void write() {
    new SystemState(
            options.launch(),
            ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow(),
            phase,
            startedAt,
            options.size().port(),
            options.size(),
            children.stream().map(Child::describe).toList())
        .write(options.home());
  }

  /** Goes on to the end whatever fails on the way: what is still running then is killed. */
  private void stop() {
    List<Child> all;
    RehearsalRun played;
    synchronized (this) {
      phase = SystemState.Phase.STOPPING;
      all = List.copyOf(children);
      played = rehearsal;
    }
    for (StopOrder group : StopOrder.values()) {
      orNote(() ->
          stopAll(
              group.label(),
              all.stream().filter(child -> StopOrder.of(child.name()) == group).toList()));
    }
    int swept = Signals.sweep(options.launch());
    if (lock.isStillOf(options.home())) {
      swept += DatabaseRemains.clear(Postgres.data(options.home()));
    }
    if (swept > 0) {
      progress.note("leftovers", swept + " processes that were still running were killed");
    }
    if (played != null) {
      orNote(played::stop);
    }
    if (lock.isStillOf(options.home())) {
      SystemState.erase(options.home());
    }
  }

  private void orNote(Runnable work) {
    try {
      work.run();
    } catch (LocalException e) {
      progress.note("launcher", e.text());
    }
  }

  private void stopAll(String step, List<Child> some) {
    if (!some.isEmpty()) {
      step(
          "stop-" + step,
          "stopping " + step,
          () -> {
            together(some.stream().map(child -> (Runnable) child::stop).toArray(Runnable[]::new));
            return "stopped";
          });
    }
  }

  /** What housekeeping finds. */
  private final class Notices implements Housekeeping.Listener {

    @Override
    public void noticed(String text) {
      progress.note("launcher", text);
    }

    @Override
    public void homeRemoved() {
      progress.note("launcher", options.home().root() + " was removed; stopping everything");
      System.exit(1);
    }

    @Override
    public void stateOutdated() {
      try {
        write();
      } catch (LocalException e) {
        // It was said when it changed, and is tried again.
      }
    }
  }

  /** One piece of work with a word about its result. */
  @FunctionalInterface
  private interface Work {
    String run();
  }

  private void step(String step, String text, Work work) {
    progress.begun(step, text);
    long begin = System.nanoTime();
    String result = work.run();
    progress.done(step, result, Duration.ofNanos(System.nanoTime() - begin).toMillis());
  }

  private void together(Runnable... work) {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (Runnable one : work) {
        all.add(executor.submit(() -> orAbandon(one)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LocalException local) {
        throw local;
      }
      throw new LocalException(
          LocalException.Kind.PART_FAILED, "unexpected failure: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalException(LocalException.Kind.PART_FAILED, "interrupted", e);
    }
  }
}
