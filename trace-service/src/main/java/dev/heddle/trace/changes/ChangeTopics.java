package dev.heddle.trace.changes;

import dev.heddle.contracts.MachineChanged;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.ThreadChanged;
import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.messaging.Json;
import dev.heddle.messaging.UnreadableRecordException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics that the stream is made of, side by side. */
final class ChangeTopics {

  private static final Logger log = LoggerFactory.getLogger(ChangeTopics.class);

  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** In an order that the layout of a cursor has; add at the end, and count up its version. */
  private static final List<Topic> FOLLOWED =
      List.of(Topics.THREAD_CHANGED, Topics.SESSION_CHANGED, Topics.MACHINE_CHANGED);

  private final Map<String, Object> consumers;
  private final Map<String, Object> admin;
  private final List<TopicPartition> places = new ArrayList<>();
  private final Map<TopicPartition, Integer> placeOf = new HashMap<>();

  /**
   * @param consumers settings of consumers
   * @param admin settings of admin clients
   */
  ChangeTopics(Map<String, Object> consumers, Map<String, Object> admin) {
    this.consumers = Map.copyOf(consumers);
    this.admin = Map.copyOf(admin);
    for (Topic topic : FOLLOWED) {
      for (int partition = 0; partition < topic.partitions(); partition++) {
        TopicPartition place = new TopicPartition(topic.name(), partition);
        placeOf.put(place, places.size());
        places.add(place);
      }
    }
  }

  /** All partitions, by their place in a cursor. */
  List<TopicPartition> places() {
    return List.copyOf(places);
  }

  int place(TopicPartition partition) {
    return Objects.requireNonNull(placeOf.get(partition));
  }

  /**
   * A mark of the id of each topic as it is now.
   *
   * @throws IllegalStateException where the broker does not say
   */
  int[] marks() {
    List<String> names = FOLLOWED.stream().map(Topic::name).toList();
    try (Admin client = Admin.create(admin)) {
      Map<String, TopicDescription> found =
          client
              .describeTopics(names)
              .allTopicNames()
              .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
      return names.stream()
          .mapToInt(name -> Objects.requireNonNull(found.get(name)).topicId().hashCode())
          .toArray();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the broker does not describe the topics " + names, e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** A consumer that goes nowhere by itself: no offset is committed, none is guessed. */
  Consumer<String, byte[]> consumer() {
    Map<String, Object> settings = new HashMap<>(consumers);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }

  /** What clients are told of a record; null where it cannot be read, which its readers park. */
  @Nullable Change decode(ConsumerRecord<String, byte[]> record) {
    int place = place(new TopicPartition(record.topic(), record.partition()));
    try {
      if (record.topic().equals(Topics.THREAD_CHANGED.name())) {
        ThreadChanged thread = Json.read(record, ThreadChanged.class);
        return new Change(
            place,
            record.offset(),
            "thread",
            thread.projectId().value(),
            thread.threadId().value(),
            Json.string(thread));
      }
      if (record.topic().equals(Topics.MACHINE_CHANGED.name())) {
        MachineChanged machine = Json.read(record, MachineChanged.class);
        return new Change(place, record.offset(), "machine", null, null, Json.string(machine));
      }
      SessionChanged session = Json.read(record, SessionChanged.class);
      return new Change(
          place,
          record.offset(),
          "session",
          session.session().project().id().value(),
          session.threadId() == null ? null : session.threadId().value(),
          Json.string(withoutFact(session)));
    } catch (UnreadableRecordException e) {
      log.atDebug().setCause(e).addKeyValue("topic", record.topic()).log("change left out");
      return null;
    }
  }

  /** A list shows where the session stands; the fact may be a message of many KiB. */
  private static SessionChanged withoutFact(SessionChanged changed) {
    return new SessionChanged(
        changed.sessionId(),
        changed.threadId(),
        changed.version(),
        changed.session(),
        null,
        changed.cause(),
        changed.at());
  }
}
