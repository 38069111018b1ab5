package dev.heddle.thread.followup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The follow-ups of one thread, in memory. */
final class MemoryFollowUps implements FollowUps {

  private final Map<FollowUpId, FollowUp> all = new HashMap<>();
  private final List<FollowUpId> order = new ArrayList<>();

  @Override
  public FollowUp find(ThreadId thread, FollowUpId id) {
    return all.get(id);
  }

  @Override
  public List<FollowUp> queued(ThreadId thread) {
    return order(thread).stream().map(all::get).toList();
  }

  @Override
  public List<FollowUpId> order(ThreadId thread) {
    return order.stream().filter(id -> all.get(id).isQueued()).toList();
  }

  @Override
  public FollowUp first(ThreadId thread) {
    return queued(thread).stream().findFirst().orElse(null);
  }

  @Override
  public FollowUp sending(SessionId session) {
    return find(
        one -> one.status() == FollowUpStatus.SENDING && one.delivery().session().equals(session));
  }

  @Override
  public FollowUp returned(ThreadId thread, MessageId message) {
    return find(one ->
        one.isQueued() && one.delivery() != null && one.delivery().message().equals(message));
  }

  @Override
  public void add(FollowUp followUp, boolean ahead) {
    assertThat(all.put(followUp.id(), followUp)).isNull();
    order.add(ahead ? 0 : order.size(), followUp.id());
  }

  @Override
  public void store(FollowUp followUp) {
    FollowUp before = all.put(followUp.id(), followUp);
    assertThat(followUp.version()).as("versions only rise").isGreaterThan(before.version());
  }

  @Override
  public void putFirst(FollowUp followUp) {
    order.remove(followUp.id());
    order.addFirst(followUp.id());
  }

  @Override
  public void arrange(ThreadId thread, List<FollowUpId> wanted) {
    assertThat(wanted).containsExactlyInAnyOrderElementsOf(order(thread));
    order.removeAll(wanted);
    order.addAll(wanted);
  }

  private FollowUp find(Predicate<FollowUp> which) {
    return all.values().stream().filter(which).findFirst().orElse(null);
  }
}
