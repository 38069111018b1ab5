package dev.heddle.thread.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Messages in memory, by the simplest means. */
public final class FakeMessages implements Messages {

  private final Map<MessageId, Message> stored = new LinkedHashMap<>();

  @Override
  public void add(Message message) {
    if (stored.putIfAbsent(message.id(), message) != null) {
      throw new IllegalStateException("stored twice: " + message.id());
    }
  }

  @Override
  public void addCopy(Message message) {
    add(message);
  }

  @Override
  public void changed(Message message) {
    assertThat(stored).containsValue(message);
  }

  @Override
  public void mark(MessageId id, MessageStatus status) {
    find(id).becomes(status);
  }

  @Override
  public Message find(MessageId id) {
    return stored.get(id);
  }

  @Override
  public List<Message> openOf(SessionId session) {
    return stored.values().stream()
        .filter(message -> session.equals(message.session()) && message.status().isOpen())
        .toList();
  }

  @Override
  public MessageId newestBelow(MessageId id) {
    return stored.values().stream()
        .filter(message -> isOnPath(id, message.id()))
        .max(Comparator.comparingInt(Message::ordinal))
        .orElseThrow()
        .id();
  }

  @Override
  public boolean isOnPath(MessageId id, MessageId leaf) {
    return pathTo(leaf).stream().anyMatch(message -> message.id().equals(id));
  }

  @Override
  public List<Utterance> lastOfPath(MessageId leaf, int count) {
    List<Message> path = pathTo(leaf);
    return path.subList(Math.max(0, path.size() - count), path.size()).stream()
        .map(message -> new Utterance(message.ordinal(), message.role(), message.text()))
        .toList();
  }

  @Override
  public List<Message> all(ThreadId thread, int afterOrdinal, int count) {
    return stored.values().stream()
        .filter(message -> message.thread().equals(thread) && message.ordinal() > afterOrdinal)
        .limit(count)
        .toList();
  }

  @Override
  public List<Message> path(MessageId leaf, int afterOrdinal, int count) {
    return pathTo(leaf).stream()
        .filter(message -> message.ordinal() > afterOrdinal)
        .limit(count)
        .toList();
  }

  @Override
  public List<Message> leaves(ThreadId thread, int beforeOrdinal, int count) {
    return all(thread, 0, Integer.MAX_VALUE).reversed().stream()
        .filter(message -> message.ordinal() < beforeOrdinal)
        .filter(message ->
            stored.values().stream().noneMatch(other -> message.id().equals(other.parent())))
        .limit(count)
        .toList();
  }

  @Override
  public Map<String, List<MessageId>> children(
      ThreadId thread, Collection<? extends MessageId> parents) {
    return all(thread, 0, Integer.MAX_VALUE).stream()
        .filter(message -> parents.contains(message.parent()))
        .collect(
            Collectors.groupingBy(
                message -> Objects.toString(message.parent(), ""),
                Collectors.mapping(Message::id, Collectors.toList())));
  }

  private List<Message> pathTo(MessageId leaf) {
    List<Message> path = new ArrayList<>();
    for (MessageId at = leaf; at != null; at = stored.get(at).parent()) {
      if (path.size() > stored.size()) {
        throw new IllegalStateException("the path to " + leaf + " is a ring");
      }
      path.addFirst(stored.get(at));
    }
    return path;
  }
}
