package dev.heddle.trace.log;

import dev.heddle.contracts.Topics;
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
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.jdbc.core.JdbcOperations;

/** The topic of the trace log: its epoch, and consumers of it. */
public final class TraceTopic {

  public static final String NAME = Topics.TRACE_EVENTS.name();

  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final Map<String, Object> consumers;
  private final Map<String, Object> admin;
  private final JdbcOperations jdbc;

  /**
   * @param consumers settings of consumers
   * @param admin settings of admin clients
   * @param jdbc of the database that numbers the epochs
   */
  public TraceTopic(Map<String, Object> consumers, Map<String, Object> admin, JdbcOperations jdbc) {
    this.consumers = Map.copyOf(consumers);
    this.admin = Map.copyOf(admin);
    this.jdbc = jdbc;
  }

  /** How many partitions there are. */
  public static int partitions() {
    return Topics.TRACE_EVENTS.partitions();
  }

  /**
   * The epoch of the topic as it is now.
   *
   * @throws IllegalStateException where the broker does not say
   */
  public int epoch() {
    String id = topicId();
    List<Integer> known = find(id);
    if (known.isEmpty()) {
      jdbc.update("insert into topic_epoch (topic_id) values (?) on conflict do nothing", id);
      known = find(id);
    }
    return known.getFirst();
  }

  private List<Integer> find(String id) {
    List<Integer> found = new ArrayList<>();
    jdbc.query(
        "select epoch from topic_epoch where topic_id = ?",
        row -> {
          found.add(row.getInt(1));
        },
        id);
    return found;
  }

  private String topicId() {
    try (Admin client = Admin.create(admin)) {
      var description =
          client
              .describeTopics(List.of(NAME))
              .allTopicNames()
              .get(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
              .get(NAME);
      return Objects.requireNonNull(description).topicId().toString();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the broker does not describe topic " + NAME, e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** A consumer that goes nowhere by itself: no offset is committed, none is guessed. */
  public Consumer<String, byte[]> consumer(Map<String, Object> further) {
    Map<String, Object> settings = new HashMap<>(consumers);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.putAll(further);
    return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
  }
}
