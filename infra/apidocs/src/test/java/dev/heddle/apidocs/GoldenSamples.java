package dev.heddle.apidocs;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.heddle.contracts.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The committed samples of everything on the wire, {@code golden/<root>/<type>.json}; a later
 * sample of the same type is called {@code <type>.2.json} and so on.
 */
final class GoldenSamples {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private GoldenSamples() {}

  /** One sample. */
  record Sample(Path file, Class<?> root) {

    String text() {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    ObjectNode json() {
      return (ObjectNode) JSON.readTree(text());
    }

    /** The record that it is a sample of: the root, or one of its kinds. */
    Class<?> type() {
      if (!root.isSealed()) {
        return root;
      }
      String named = json().path(root.getAnnotation(JsonTypeInfo.class).property()).asString();
      return Arrays.stream(root.getPermittedSubclasses())
          .filter(kind -> kind.getAnnotation(JsonTypeName.class).value().equals(named))
          .findAny()
          .orElseThrow(() -> new AssertionError(this + " is of an unknown type: " + named));
    }

    @Override
    public String toString() {
      return folder().relativize(file).toString();
    }
  }

  static List<Sample> all() {
    try (Stream<Path> files = Files.walk(folder())) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .map(file -> new Sample(file, rootNamed(file.getParent().getFileName().toString())))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first sample of a type; null where there is none. */
  static @Nullable JsonNode of(Class<?> type) {
    return all().stream()
        .filter(sample -> sample.type() == type)
        .findFirst()
        .map(Sample::json)
        .orElse(null);
  }

  /** What records are read as, and what has kinds of its own within them. */
  static List<Class<?>> roots() {
    return all().stream().<Class<?>>map(Sample::root).distinct().toList();
  }

  static Path folder() {
    return CommittedFile.root().resolve("infra/contracts/src/test/resources/golden");
  }

  private static Class<?> rootNamed(String name) {
    try {
      return Class.forName(Topics.class.getPackageName() + "." + name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError("a sample of an unknown root: " + name, e);
    }
  }
}
