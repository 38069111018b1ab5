package dev.heddle.thread.conversation;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.ProblemException;
import dev.heddle.thread.ThreadError;
import org.springframework.stereotype.Component;

/** Which messages of a thread people can go on from. */
@Component
public class MessageTree {

  private final Messages messages;

  MessageTree(Messages messages) {
    this.messages = messages;
  }

  /**
   * A message of a thread.
   *
   * @throws ProblemException {@code unknown_message} or {@code message_of_other_thread}
   */
  public Message require(ThreadId thread, MessageId id) {
    Message found = messages.find(id);
    if (found == null) {
      throw new ProblemException(ThreadError.UNKNOWN_MESSAGE, "no message has the id " + id);
    }
    if (!found.thread().equals(thread)) {
      throw new ProblemException(
          ThreadError.MESSAGE_OF_OTHER_THREAD, "message " + id + " is not one of this thread's");
    }
    return found;
  }

  /**
   * A message that can be edited.
   *
   * @throws ProblemException as {@link #require}, or {@code message_not_of_user}
   */
  public Message requireOfUser(ThreadId thread, MessageId id) {
    Message found = require(thread, id);
    if (found.role() != Role.USER) {
      throw new ProblemException(
          ThreadError.MESSAGE_NOT_OF_USER,
          "message %s is of the %s; give the answer again instead"
              .formatted(id, found.role().wire()));
    }
    return found;
  }

  /**
   * What a person said that an answer answers.
   *
   * @throws ProblemException as {@link #require}, or {@code message_not_of_assistant}
   */
  public Message requireAnsweredBy(ThreadId thread, MessageId answer) {
    Message found = require(thread, answer);
    if (found.role() != Role.ASSISTANT) {
      throw notAnAnswer(answer);
    }
    while (found.role() != Role.USER) {
      Message parent = found.parent() == null ? null : messages.find(found.parent());
      if (parent == null) {
        throw notAnAnswer(answer);
      }
      found = parent;
    }
    return found;
  }

  private static ProblemException notAnAnswer(MessageId id) {
    return new ProblemException(
        ThreadError.MESSAGE_NOT_OF_ASSISTANT,
        "message " + id + " answers nothing that a person said; edit it instead");
  }
}
