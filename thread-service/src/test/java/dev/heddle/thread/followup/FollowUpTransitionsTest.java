package dev.heddle.thread.followup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.followup.FollowUpTransitions.Rule;
import dev.heddle.thread.followup.FollowUpTransitions.Trigger;
import dev.heddle.thread.turn.Said;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Pulls every trigger on a follow-up of every status. */
class FollowUpTransitionsTest {

  private static final FollowUp.Delivery DELIVERY =
      new FollowUp.Delivery(new SessionId(UUID.randomUUID()), new MessageId(UUID.randomUUID()));

  private static FollowUp queued() {
    SettingsInput nothing = new SettingsInput(null, null, null, null, null, null, null, null);
    return FollowUp.queued(
        new FollowUpId(UUID.randomUUID()),
        new ThreadId(UUID.randomUUID()),
        new Said("x", nothing, Priority.NORMAL),
        null,
        "local",
        Instant.parse("2026-11-21T09:00:00Z"));
  }

  private static FollowUp in(FollowUpStatus status) {
    return switch (status) {
      case QUEUED -> queued();
      case SENDING -> queued().taken(DELIVERY);
      case SENT -> queued().taken(DELIVERY).engineStarted();
      case REMOVED -> queued().withdrawn();
    };
  }

  private static FollowUp pull(FollowUp followUp, Trigger trigger) {
    return switch (trigger) {
      case TAKEN -> followUp.taken(DELIVERY);
      case ENGINE_STARTED -> followUp.engineStarted();
      case RUN_ENDED -> followUp.runEnded();
      case START_FAILED -> followUp.startFailed();
      case WITHDRAWN -> followUp.withdrawn();
    };
  }

  @Test
  void everyTransitionOfTheTableIsVisitedAndEachOtherIsRefused() {
    Set<Rule> visited = new HashSet<>();
    for (FollowUpStatus from : FollowUpStatus.values()) {
      for (Trigger trigger : Trigger.values()) {
        FollowUp before = in(from);
        assertThat(before.status()).isEqualTo(from);
        boolean possible =
            FollowUpTransitions.TABLE.stream()
                .anyMatch(rule -> rule.from() == from && rule.trigger() == trigger);
        if (possible) {
          FollowUp after = pull(before, trigger);
          assertThat(after.version()).isEqualTo(before.version() + 1);
          visited.add(new Rule(from, trigger, after.status()));
        } else {
          assertThatThrownBy(() -> pull(before, trigger))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining(from.wire());
        }
      }
    }
    assertThat(visited).containsExactlyInAnyOrderElementsOf(FollowUpTransitions.TABLE);
  }

  @Test
  void oneThatComesBackKeepsWhatItWasSentAsUntilItIsEdited() {
    FollowUp returned = queued().taken(DELIVERY).startFailed();
    assertThat(returned.delivery()).isEqualTo(DELIVERY);
    assertThat(returned.returns()).isEqualTo(1);
    assertThat(returned.edited(returned.said()).delivery()).isNull();
  }
}
