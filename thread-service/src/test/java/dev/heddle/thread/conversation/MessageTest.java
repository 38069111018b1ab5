package dev.heddle.thread.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.ToolStatus;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MessageTest {

  private static final MessageId ID = new MessageId(UUID.randomUUID());

  @Test
  void aMessageThatIsFinalHasNoToolCallThatRuns() {
    Message message = said(MessageStatus.STREAMING);
    assertThat(statusOf(message)).isEqualTo(ToolStatus.RUNNING);

    message.rewrite(reply(MessageStatus.CANCELLED));

    assertThat(statusOf(message)).isEqualTo(ToolStatus.CANCELLED);
    assertThat(statusOf(said(MessageStatus.FAILED))).isEqualTo(ToolStatus.CANCELLED);
  }

  @Test
  void aCopyOfWhatIsStillWrittenIsCutShort() {
    Message copy =
        said(MessageStatus.STREAMING)
            .copied(new MessageId(UUID.randomUUID()), new ThreadId(UUID.randomUUID()), 1, null);
    assertThat(copy.status()).isEqualTo(MessageStatus.CANCELLED);
    assertThat(copy.revision()).isEqualTo(1);
    assertThat(statusOf(copy)).isEqualTo(ToolStatus.CANCELLED);
  }

  private static Message said(MessageStatus status) {
    return Message.ofAssistant(
        reply(status),
        new ThreadId(UUID.randomUUID()),
        1,
        null,
        new SessionId(UUID.randomUUID()),
        Instant.EPOCH);
  }

  private static Reply reply(MessageStatus status) {
    MessagePart tool =
        new MessagePart.ToolCall("1", "Bash", null, "ls", null, null, null, ToolStatus.RUNNING);
    return new Reply(ID, "", List.of(tool), status, false, 1, null);
  }

  private static ToolStatus statusOf(Message message) {
    return ((MessagePart.ToolCall) message.parts().getFirst()).status();
  }
}
