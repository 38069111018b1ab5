package dev.heddle.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One committed sample of every type on the wire, under {@code golden/<root>/<type>.json}. A sample
 * is never changed, only added to: what was once written must decode for ever.
 */
class GoldenSamplesTest {

  private static final List<Class<?>> ROOTS =
      List.of(
          SessionRequest.class,
          SessionQueued.class,
          SessionClaim.class,
          ControlMessage.class,
          SessionEvent.class,
          SessionFact.class,
          SessionChanged.class,
          ProjectChanged.class,
          Heartbeat.class,
          TraceRecord.class,
          TraceBody.class,
          WorkspaceSpec.class,
          ParkedRecord.class);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static Stream<Path> samples() throws IOException {
    try (Stream<Path> files = Files.walk(golden())) {
      return files.filter(Files::isRegularFile).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everySampleDecodesAndSurvivesTheRoundTripUnchanged(Path sample) {
    JsonNode written = JSON.readTree(text(sample));

    Object decoded = JSON.treeToValue(written, rootOf(sample));

    JsonNode encoded = JSON.readTree(JSON.writerFor(rootOf(sample)).writeValueAsString(decoded));
    assertThat(encoded).isEqualTo(written);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aFieldFromTheFutureIsIgnored(Path sample) {
    ObjectNode written = (ObjectNode) JSON.readTree(text(sample));
    Object today = JSON.treeToValue(written, rootOf(sample));

    Object fromTheFuture =
        JSON.treeToValue(written.deepCopy().put("fromTheFuture", 1), rootOf(sample));

    assertThat(fromTheFuture).isEqualTo(today);
  }

  @Test
  void everyTypeOnTheWireHasASample() throws IOException {
    Set<String> sampled =
        samples()
            .map(file -> file.getParent().getFileName() + "/" + JSON.readTree(text(file)))
            .map(GoldenSamplesTest::rootAndType)
            .collect(Collectors.toSet());

    assertThat(sampled).containsExactlyInAnyOrderElementsOf(declaredTypes());
  }

  @Test
  void aTypeFromTheFutureIsRefusedRatherThanMisread() {
    assertThatThrownBy(() -> JSON.readValue("{\"type\":\"from.the.future\"}", ControlMessage.class))
        .isInstanceOf(JacksonException.class)
        .hasMessageContaining("from.the.future");
  }

  @Test
  void noSampleNamesAJavaClass() throws IOException {
    assertThat(samples().map(GoldenSamplesTest::text))
        .allSatisfy(text -> assertThat(text).doesNotContain("dev.heddle"));
  }

  private static Set<String> declaredTypes() {
    return ROOTS.stream()
        .flatMap(root ->
            root.isSealed()
                ? Arrays.stream(root.getPermittedSubclasses())
                    .map(type ->
                        root.getSimpleName() + "/" + type.getAnnotation(JsonTypeName.class).value())
                : Stream.of(root.getSimpleName() + "/"))
        .collect(Collectors.toSet());
  }

  /** {@code Root/type}; the type is empty for a record that is not one of several. */
  private static String rootAndType(String rootAndJson) {
    int slash = rootAndJson.indexOf('/');
    String root = rootAndJson.substring(0, slash);
    JsonTypeInfo info = rootNamed(root).getAnnotation(JsonTypeInfo.class);
    JsonNode json = JSON.readTree(rootAndJson.substring(slash + 1));
    return root + "/" + (info == null ? "" : json.path(info.property()).asString());
  }

  private static Class<?> rootOf(Path sample) {
    return rootNamed(sample.getParent().getFileName().toString());
  }

  private static Class<?> rootNamed(String name) {
    return ROOTS.stream()
        .filter(root -> root.getSimpleName().equals(name))
        .findAny()
        .orElseThrow(() -> new AssertionError("a sample of an unknown root: " + name));
  }

  private static Path golden() {
    try {
      return Path.of(GoldenSamplesTest.class.getResource("/golden").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
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
