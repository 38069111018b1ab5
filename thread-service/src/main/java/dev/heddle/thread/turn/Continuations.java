package dev.heddle.thread.turn;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.thread.compaction.Compaction;
import dev.heddle.thread.compaction.Compactions;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Message;
import dev.heddle.thread.conversation.Messages;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.conversation.TurnSettings;
import dev.heddle.thread.engine.EngineStates;
import dev.heddle.thread.engine.StoredEngine;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells a run from where it goes on. */
@Component
class Continuations {

  private final Messages messages;
  private final EngineStates engines;
  private final Compactions compactions;

  Continuations(Messages messages, EngineStates engines, Compactions compactions) {
    this.messages = messages;
    this.engines = engines;
    this.compactions = compactions;
  }

  /** From where the answer to a message goes on. A command takes its prompt alone. */
  Continuation of(Conversation conversation, Message question, Instant now) {
    ThreadId thread = conversation.id();
    TurnSettings settings = conversation.settings();
    MessageId after = question.parent();
    if (settings.engine().equals(SettingsInput.DEFAULT_ENGINE)) {
      engines.commanded(thread, settings.engine(), settings.command(), now);
      return new Continuation(RunPurpose.TURN, after, null, null);
    }
    return goingOn(RunPurpose.TURN, conversation, after);
  }

  /** From where a run goes on that sums up the conversation, up to a message and with it. */
  Continuation ofCompaction(Conversation conversation, MessageId last) {
    return goingOn(RunPurpose.COMPACTION, conversation, last);
  }

  /** The state, and beside it what was said: whether a machine can resume it only a run knows. */
  private Continuation goingOn(
      RunPurpose purpose, Conversation conversation, @Nullable MessageId after) {
    StoredEngine stored = storedAt(conversation, after);
    return new Continuation(
        purpose,
        after,
        stored == null ? null : stored.state(),
        context(conversation.id(), after),
        stored == null ? null : stored.machine(),
        null);
  }

  /** Notes which session was asked to go on, so that the state it was given moves on with it. */
  void asked(Conversation conversation, SessionId session, Continuation from) {
    if (from.engineState() != null) {
      engines.give(conversation.id(), conversation.settings().engine(), session);
    }
  }

  /** An engine that stands elsewhere begins anew, and is handed the conversation. */
  private @Nullable StoredEngine storedAt(Conversation conversation, @Nullable MessageId after) {
    TurnSettings settings = conversation.settings();
    return after == null
        ? null
        : engines.at(conversation.id(), settings.engine(), after, settings.mode()).orElse(null);
  }

  private Continuation.@Nullable Context context(ThreadId thread, @Nullable MessageId after) {
    if (after == null) {
      return null;
    }
    Compaction compaction = compactions.inForce(thread, after).orElse(null);
    return Recent.resumed(
        compaction == null ? null : compaction.summary(),
        compaction == null ? 0 : compaction.throughOrdinal(),
        messages.lastOfPath(after, Recent.LOOK_BACK + 1));
  }
}
