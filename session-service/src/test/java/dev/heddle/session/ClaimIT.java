package dev.heddle.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.contracts.ControlMessage.ClaimGranted;
import dev.heddle.contracts.ProjectRef;
import dev.heddle.contracts.SessionClaim.ClaimMade;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.SessionQueued.SessionOffered;
import dev.heddle.contracts.SessionRequest.RunRequested;
import dev.heddle.contracts.SessionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ClaimIT extends ServiceIT {

  @Test
  void ofTwoWorkersThatClaimTheSameOfferOneGetsIt() {
    String pool = fresh("pool");
    FakeWorker first = online(pool, 1);
    FakeWorker second = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    SessionOffered offer = wire.offer(pool, session);
    double granted = count("heddle.session.claims", "answer", "granted");
    double denied = count("heddle.session.claims", "answer", "denied");
    ClaimMade winner = first.claim(offer);
    ClaimMade loser = second.claim(offer);
    first.granted(winner);
    assertThat(second.denied(loser).reason()).isEqualTo("the session is claimed");
    assertThat(second.grantsOf(loser)).isEmpty();
    awaitCount(granted + 1, "heddle.session.claims", "answer", "granted");
    awaitCount(denied + 1, "heddle.session.claims", "answer", "denied");
  }

  @Test
  void aRepeatedClaimGetsItsFirstAnswerAgain() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    ClaimMade claim = worker.claim(wire.offer(pool, session));
    ClaimGranted first = worker.granted(claim);
    worker.send(claim);
    List<ClaimGranted> grants =
        await().atMost(Wire.PATIENCE).until(() -> worker.grantsOf(claim), it -> it.size() == 2);
    assertThat(grants.get(1).attempt()).isEqualTo(first.attempt());
    assertThat(grants.get(1).run()).isEqualTo(first.run());
  }

  @Test
  void aRepeatedClaimWhoseAttemptIsOverIsNotGrantedAgain() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    ClaimMade claim = worker.claim(wire.offer(pool, session));
    ClaimGranted granted = worker.granted(claim);
    worker.start(granted);
    worker.complete(granted);
    reached(session, SessionStatus.COMPLETED);
    worker.send(claim);
    assertThat(worker.denied(claim).reason()).isEqualTo("the attempt that it was granted is over");
    assertThat(worker.grantsOf(claim)).hasSize(1);
  }

  @Test
  void anOfferThatRanOutIsMadeAgainUnderANewIdAndTheSameAttempt() {
    String pool = fresh("pool");
    FakeWorker worker = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    SessionOffered first = wire.offer(pool, session);
    clock.advance(Duration.ofSeconds(21));
    release();
    SessionOffered second = wire.offer(pool, session, 1);
    assertThat(second.offerId()).isNotEqualTo(first.offerId());
    assertThat(second.attempt()).isEqualTo(first.attempt());
    assertThat(worker.denied(worker.claim(first)).reason())
        .isEqualTo("the offer does not stand any more");
    worker.take(second);
  }

  @Test
  void aRefusedOfferGoesToAnotherMachineAndBackWhenNobodyElseIsLeft() {
    String pool = fresh("pool");
    FakeWorker unable = online(pool, 4);
    FakeWorker able = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    double refused = count("heddle.session.claims", "answer", "refused");
    unable.refuse(wire.offer(pool, session), "git is missing");
    SessionOffered direct = able.ownOffer(session, 0);
    assertThat(direct.attempt()).isEqualTo(1);
    able.refuse(direct, "disk is full");
    await()
        .atMost(Wire.PATIENCE)
        .untilAsserted(() -> assertThat(reasonOf(session)).contains(" refused it: "));
    awaitCount(refused + 2, "heddle.session.claims", "answer", "refused");
    clock.advance(Duration.ofSeconds(11));
    release();
    wire.offer(pool, session, 1);
  }

  @Test
  void aMachineThatIsUnknownOrOfAnEarlierLifeIsDenied() {
    String pool = fresh("pool");
    FakeWorker known = online(pool, 1);
    SessionId session = submit(run(project(), pool));
    FakeWorker stranger = worker(pool, 1);
    assertThat(stranger.denied(stranger.claim(wire.offer(pool, session))).reason())
        .isEqualTo("the machine has sent no heartbeat yet");
    SessionOffered second = wire.offer(pool, session, 1);
    ClaimMade now = known.claimOf(second);
    known.send(
        new ClaimMade(
            now.claimId(),
            now.offerId(),
            now.sessionId(),
            now.attempt(),
            now.machineId(),
            0,
            now.heartbeat(),
            now.at()));
    assertThat(known.denied(now).reason()).isEqualTo("the worker has been started again since");
    known.take(wire.offer(pool, session, 2));
  }

  @Test
  void aClaimBeyondTheSlotsOfItsMachineIsDeniedAndOfferedAgain() {
    String pool = fresh("pool");
    FakeWorker small = online(pool, 1);
    FakeWorker other = online(pool, 1);
    ProjectRef project = project();
    SessionId first = submit(run(project, pool));
    SessionId second = submit(run(project, pool));
    small.take(wire.offer(pool, first));
    ClaimMade tooMuch = small.claim(wire.offer(pool, second));
    assertThat(small.denied(tooMuch).reason()).isEqualTo("all 1 slots are taken");
    other.take(wire.offer(pool, second, 1));
  }

  @Test
  void twoHundredSessionsAtOnceNeverGetMoreGrantsThanSlotsAndAllEnd() {
    String pool = fresh("pool");
    List<FakeWorker> workers = List.of(online(pool, 3), online(pool, 4), online(pool, 1));
    int slots = 8;
    ProjectRef project = project();
    List<RunRequested> runs = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      runs.add(run(project, pool));
    }
    runs.forEach(this::submit);
    Set<UUID> claimed = new HashSet<>();
    int[] most = {0};
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> {
          int taken = taken(pool);
          most[0] = Math.max(most[0], taken + standing(pool));
          for (SessionOffered offer : wire.offersTo(pool)) {
            if (claimed.add(offer.offerId().value())) {
              // Whoever, full or not: the service decides.
              workers.get(claimed.size() % workers.size()).claim(offer);
            }
          }
          for (FakeWorker worker : workers) {
            finishGranted(worker);
          }
          return done(pool) == 200;
        });
    assertThat(most[0]).isLessThanOrEqualTo(slots);
    assertThat(taken(pool)).isZero();
    assertThat(
            sql.sql(
                    """
                    select count(*) from session where pool = :pool
                      and status = 'completed' and attempt = 1
                    """)
                .param("pool", pool)
                .query(Integer.class)
                .single())
        .isEqualTo(200);
  }

  private final Set<UUID> finished = new HashSet<>();

  private void finishGranted(FakeWorker worker) {
    for (ClaimGranted granted : wire.toldTo(worker.machine, ClaimGranted.class)) {
      if (finished.add(granted.claimId().value())) {
        worker.start(granted);
        worker.complete(granted);
      }
    }
  }

  private int taken(String pool) {
    return count("select count(*) from slot where pool = :pool", pool);
  }

  private int standing(String pool) {
    return count("select count(*) from offer where pool = :pool", pool);
  }

  private int done(String pool) {
    return count(
        "select count(*) from session where pool = :pool and finished_at is not null", pool);
  }

  private int count(String query, String pool) {
    return sql.sql(query).param("pool", pool).query(Integer.class).single();
  }
}
