package dev.heddle.session.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.ClaimId;
import dev.heddle.contracts.SessionId;
import dev.heddle.session.attempt.LostAttempts.Loss;
import dev.heddle.session.attempt.Slot;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SuspicionsTest {

  private static final Slot SLOT =
      new Slot(
          new SessionId(UUID.randomUUID()),
          1,
          new ClaimId(UUID.randomUUID()),
          ReconciliationTest.ONE,
          7,
          41,
          Duration.ofSeconds(15));
  private static final Loss LOSS = new Loss(SLOT, "given up", false);
  private static final Loss SILENCE = new Loss(SLOT, "lease expired", true);

  private final Suspicions suspicions = new Suspicions();
  private final FakeFacts facts = new FakeFacts();

  private static final class FakeFacts implements Suspicions.Facts {
    OptionalLong end = OptionalLong.of(5);
    OptionalLong taken = OptionalLong.of(5);

    @Override
    public int partition(Loss loss) {
      return 0;
    }

    @Override
    public OptionalLong end(int partition) {
      return end;
    }

    @Override
    public OptionalLong taken(int partition) {
      return taken;
    }
  }

  @Test
  void anAttemptIsLostOnceAllFactsThatWereWrittenAreTaken() {
    suspicions.add(List.of(LOSS));
    facts.taken = OptionalLong.of(4);
    assertThat(suspicions.proved(facts)).isEmpty();
    facts.end = OptionalLong.of(100);
    facts.taken = OptionalLong.of(5);
    assertThat(suspicions.proved(facts)).containsExactly(LOSS);
    assertThat(suspicions.proved(facts)).isEmpty();
  }

  @Test
  void aMachineThatSpeaksAgainHasLostNothingBySilence() {
    suspicions.add(List.of(SILENCE));
    facts.taken = OptionalLong.of(4);
    assertThat(suspicions.proved(facts)).isEmpty();
    suspicions.heardOf(Set.of(ReconciliationTest.ONE));
    facts.taken = OptionalLong.of(5);
    assertThat(suspicions.proved(facts)).isEmpty();
  }

  @Test
  void whatAWorkerGaveUpStaysLostThoughItSpeaks() {
    suspicions.add(List.of(LOSS));
    suspicions.heardOf(Set.of(ReconciliationTest.ONE));
    assertThat(suspicions.proved(facts)).containsExactly(LOSS);
  }

  @Test
  void whatAnotherReplicaJudgesIsForgotten() {
    suspicions.add(List.of(LOSS));
    suspicions.forget(machine -> machine.equals(ReconciliationTest.ONE));
    assertThat(suspicions.proved(facts)).isEmpty();
  }

  @Test
  void aSilentBrokerProvesNothing() {
    suspicions.add(List.of(LOSS));
    facts.end = OptionalLong.empty();
    assertThat(suspicions.proved(facts)).isEmpty();
    facts.end = OptionalLong.of(5);
    facts.taken = OptionalLong.empty();
    assertThat(suspicions.proved(facts)).isEmpty();
    facts.taken = OptionalLong.of(5);
    assertThat(suspicions.proved(facts)).containsExactly(LOSS);
  }
}
