package dev.heddle.apidocs;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.TraceId;
import dev.heddle.contracts.Traffic;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The AsyncAPI 3 description of {@link Traffic}: a channel for each topic, and who uses it how. */
final class AsyncApi {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SCHEMAS = "components/schemas";

  /** What each record carries beside its payload. */
  private static final String TRACED = "traced";

  private final SourceDocs docs;
  private final WireSchemas schemas;
  private final Function<Class<?>, @Nullable JsonNode> samples;

  /**
   * @param samples an example of what a type looks like on the wire
   */
  AsyncApi(SourceDocs docs, WireSchemas schemas, Function<Class<?>, @Nullable JsonNode> samples) {
    this.docs = docs;
    this.schemas = schemas;
    this.samples = samples;
  }

  ObjectNode document() {
    ObjectNode root = JSON.createObjectNode();
    root.put("asyncapi", "3.0.0");
    root.putObject("info")
        .put("title", "Heddle: what services say to each other")
        .put("version", "1.0.0")
        .put(
            "description",
            """
            Every Kafka topic of Heddle: its key, its owner, what travels on it, and who sends and
            receives it. Each record is JSON in UTF-8. Records of one key stay in order; every one
            may arrive twice. Fields that a reader does not know are to be ignored, and null fields
            are left out. A record that a reader cannot understand goes to `parked`.\
            """)
        .putObject("license")
        .put("name", "Apache-2.0")
        .put("url", "https://www.apache.org/licenses/LICENSE-2.0");
    root.put("defaultContentType", "application/json");
    ObjectNode channels = root.putObject("channels");
    ObjectNode operations = root.putObject("operations");
    ObjectNode components = root.putObject("components");
    trait(components.putObject("messageTraits").putObject(TRACED));
    ObjectNode messages = components.putObject("messages");
    for (Traffic traffic : Traffic.ALL) {
      channel(channels, traffic);
      traffic.senders().forEach(service -> operation(operations, traffic, service, "send"));
      traffic.receivers().forEach(service -> operation(operations, traffic, service, "receive"));
      kinds(traffic.record()).forEach(kind -> message(messages, traffic, kind));
    }
    components.set(
        "schemas",
        schemas.definitions(Traffic.ALL.stream().map(Traffic::record).toList(), SCHEMAS));
    return root;
  }

  /** The kinds of a sealed type, or the type itself. */
  static List<Class<?>> kinds(Class<?> record) {
    return record.isSealed() ? List.of(record.getPermittedSubclasses()) : List.of(record);
  }

  /** What the message of a kind is called. */
  static String messageName(Class<?> kind) {
    String wire = WireSchemas.wireType(kind);
    return wire == null ? WireSchemas.name(kind) : wire;
  }

  private void channel(ObjectNode channels, Traffic traffic) {
    Topic topic = traffic.topic();
    ObjectNode channel = channels.putObject(topic.name());
    channel.put("address", topic.name());
    channel.put("title", "%s, by %s".formatted(topic.name(), topic.key()));
    channel.put("description", docs.ofMember(Topics.class, constant(topic)));
    ObjectNode messages = channel.putObject("messages");
    for (Class<?> kind : kinds(traffic.record())) {
      messages
          .putObject(messageName(kind))
          .put("$ref", "#/components/messages/" + messageName(kind));
    }
    ObjectNode kafka = channel.putObject("bindings").putObject("kafka");
    kafka.put("topic", topic.name()).put("partitions", topic.partitions());
    ObjectNode configuration = kafka.putObject("topicConfiguration");
    configuration.putArray("cleanup.policy").add(topic.compacted() ? "compact" : "delete");
    if (!topic.compacted()) {
      configuration.put("retention.ms", topic.retention().toMillis());
    }
    configuration.put("max.message.bytes", Topic.MAX_RECORD_BYTES);
    kafka.put("bindingVersion", "0.5.0");
    channel.put("x-key", topic.key());
    channel.put("x-owner", topic.owner());
    channel.put(
        "x-retention",
        topic.compacted() ? "the last record of each key" : topic.retention().toString());
  }

  private static void operation(
      ObjectNode operations, Traffic traffic, String service, String action) {
    String channel = traffic.topic().name();
    ObjectNode operation = operations.putObject("%s.%ss.%s".formatted(service, action, channel));
    operation.put("action", action);
    operation.putObject("channel").put("$ref", "#/channels/" + channel);
    operation.put("title", "%s %ss %s".formatted(service, action, channel));
    operation.putArray("tags").addObject().put("name", service);
  }

  private static void trait(ObjectNode trait) {
    ObjectNode headers = trait.putObject("headers").put("type", "object");
    headers
        .putObject("properties")
        .putObject(TraceId.HEADER)
        .put("type", "string")
        .put(
            "description",
            """
            The W3C trace context of the request that set this off, so that one id finds it in the \
            logs of every service. A record without one begins a trace of its own.\
            """)
        .putArray("examples")
        .add("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  }

  private void message(ObjectNode messages, Traffic traffic, Class<?> kind) {
    ObjectNode message = messages.putObject(messageName(kind));
    message.put("name", messageName(kind));
    message.put("title", WireSchemas.name(kind));
    SourceDocs.Comment said = docs.of(kind);
    if (!said.text().isEmpty()) {
      message.put("summary", SourceDocs.firstSentence(said.text()));
      message.put("description", said.text());
    }
    message.put("contentType", "application/json");
    message.putArray("traits").addObject().put("$ref", "#/components/messageTraits/" + TRACED);
    message.putObject("payload").put("$ref", "#/" + SCHEMAS + "/" + WireSchemas.name(kind));
    ObjectNode key = message.putObject("bindings").putObject("kafka").putObject("key");
    key.put("type", "string").put("description", "The id of the " + traffic.topic().key() + ".");
    JsonNode sample = samples.apply(kind);
    if (sample != null) {
      message.putArray("examples").addObject().set("payload", sample);
    }
  }

  /** The name of the constant, or of the method, that declares a topic. */
  private static String constant(Topic topic) {
    return Stream.of(Topics.class.getFields())
        .filter(field -> topic.equals(valueOf(field)))
        .map(java.lang.reflect.Field::getName)
        .findFirst()
        .orElse("queued");
  }

  private static @Nullable Object valueOf(java.lang.reflect.Field field) {
    try {
      return field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
