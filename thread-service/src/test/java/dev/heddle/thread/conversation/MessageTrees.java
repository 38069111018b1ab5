package dev.heddle.thread.conversation;

/** Makes what other packages get from Spring. */
public final class MessageTrees {

  private MessageTrees() {}

  public static MessageTree of(Messages messages) {
    return new MessageTree(messages);
  }
}
