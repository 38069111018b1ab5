package dev.heddle.apidocs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Topic;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.Traffic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Who sends and receives what, as {@link Traffic} says it, is who names the topic in its code. */
class TrafficTest {

  private static final List<String> SERVICES =
      List.of(
          Topics.THREAD_SERVICE,
          Topics.SESSION_SERVICE,
          Topics.TRACE_SERVICE,
          Topics.WORKER_AGENT,
          "gateway");

  @TestFactory
  Stream<DynamicTest> theServicesThatUseATopicAreDeclared() {
    return Traffic.ALL.stream()
        .map(traffic ->
            DynamicTest.dynamicTest(
                traffic.topic().name(),
                () -> assertThat(using(traffic.topic())).isEqualTo(declared(traffic))));
  }

  private static Set<String> declared(Traffic traffic) {
    Set<String> declared = new TreeSet<>(traffic.receivers());
    // Records are parked by messaging, in the name of whoever could not read them.
    if (!traffic.topic().equals(Topics.PARKED)) {
      declared.addAll(traffic.senders());
    }
    return declared;
  }

  private static Set<String> using(Topic topic) {
    return SERVICES.stream()
        .filter(service -> sources(service).anyMatch(source -> names(source, topic)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean names(String source, Topic topic) {
    String constant =
        Arrays.stream(Topics.class.getFields())
            .filter(field -> isThe(topic, field))
            .map(Field::getName)
            .findFirst()
            .orElse("queued(");
    return source.contains("Topics." + constant)
        || source.contains("Topics)." + constant)
        || source.contains("= \"" + topic.name() + '"');
  }

  private static boolean isThe(Topic topic, Field field) {
    try {
      return topic.equals(field.get(null));
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<String> sources(String service) {
    try (Stream<Path> files =
        Files.walk(CommittedFile.root().resolve(service).resolve("src/main/java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(TrafficTest::text)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
