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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
 * Committed samples of every type on the wire, under {@code golden/<root>/<type>.json}; a later one
 * of the same type is called {@code <type>.2.json} and so on. A sample is never changed or taken
 * away, only added to: what was once written must decode for ever. {@code golden/SHA256SUMS} holds
 * them to it, and is extended by {@code sha256sum} when one is added.
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
          UserChanged.class,
          ThreadChanged.class,
          ThreadChange.class,
          MachineChanged.class,
          Heartbeat.class,
          TraceRecord.class,
          TraceBody.class,
          WorkspaceSpec.class,
          EngineState.class,
          MessagePart.class,
          Continuation.class,
          RepositoryAction.class,
          ParkedRecord.class);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static Stream<Path> samples() throws IOException {
    try (Stream<Path> files = Files.walk(golden())) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everySampleDecodesAndLosesNothingInTheRoundTrip(Path sample) {
    JsonNode written = JSON.readTree(text(sample));

    Object decoded = JSON.treeToValue(written, rootOf(sample));

    JsonNode encoded = JSON.readTree(JSON.writerFor(rootOf(sample)).writeValueAsString(decoded));
    assertThat(lost(written, encoded, "")).isEmpty();
  }

  @Test
  void noSampleWasChangedOrTakenAway() throws IOException {
    Set<String> committed = new TreeSet<>(Files.readAllLines(golden().resolve("SHA256SUMS")));
    Set<String> found = new TreeSet<>();
    for (Path sample : samples().toList()) {
      found.add(sha256(sample) + "  " + golden().relativize(sample));
    }

    assertThat(found)
        .as("add a sample rather than change one; see SHA256SUMS")
        .containsExactlyElementsOf(committed);
  }

  @Test
  void everyFieldOfEveryTypeIsInASample() throws IOException {
    Map<Class<?>, Set<String>> sampled = new HashMap<>();
    Map<Class<?>, Set<String>> declared = new HashMap<>();
    for (Path sample : samples().toList()) {
      JsonNode written = JSON.readTree(text(sample));
      Object decoded = JSON.treeToValue(written, rootOf(sample));
      JsonNode encoded = JSON.readTree(JSON.writerFor(rootOf(sample)).writeValueAsString(decoded));
      collectFields(written, "", sampled.computeIfAbsent(decoded.getClass(), _ -> new TreeSet<>()));
      collectFields(
          encoded, "", declared.computeIfAbsent(decoded.getClass(), _ -> new TreeSet<>()));
    }
    sampled.forEach((type, fields) ->
        assertThat(fields)
            .as("fields of %s; a new field comes with a new sample", type.getSimpleName())
            .containsAll(declared.getOrDefault(type, Set.of())));
  }

  private static void collectFields(JsonNode node, String place, Set<String> fields) {
    node.properties()
        .forEach(member -> {
          fields.add(place + "/" + member.getKey());
          collectFields(member.getValue(), place + "/" + member.getKey(), fields);
        });
    if (node.isArray()) {
      node.forEach(item -> collectFields(item, place + "[]", fields));
    }
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
  void aPartAndAnEngineStateFromTheFutureAreLeftOut() {
    SessionFact message =
        JSON.readValue(
            """
            {"type":"message.completed","messageId":"0199a2c4-9001-7abc-8def-0123456789ab",
             "text":"hello","status":"completed","truncated":false,"parts":[{"type":"from.the.future"},{"type":"text","text":"hello"}]}
            """,
            SessionFact.class);
    SessionFact fact =
        JSON.readValue(
            "{\"type\":\"engine.state\",\"state\":{\"type\":\"from.the.future\",\"id\":1}}",
            SessionFact.class);

    assertThat(message)
        .isInstanceOfSatisfying(
            SessionFact.MessageCompleted.class,
            completed ->
                assertThat(completed.parts()).containsExactly(new MessagePart.Text("hello")));
    assertThat(fact).isEqualTo(new SessionFact.EngineStateReported(null));
  }

  @Test
  void noSampleNamesAJavaClass() throws IOException {
    assertThat(samples().map(GoldenSamplesTest::text))
        .allSatisfy(text -> assertThat(text).doesNotContain("dev.heddle"));
  }

  /** What was written and is not there any more; what is there beside it does no harm. */
  private static List<String> lost(JsonNode written, JsonNode encoded, String place) {
    List<String> lost = new ArrayList<>();
    if (written.isObject()) {
      written
          .properties()
          .forEach(member ->
              lost.addAll(
                  lost(
                      member.getValue(),
                      encoded.path(member.getKey()),
                      place + "/" + member.getKey())));
    } else if (written.isArray() && written.size() == encoded.size()) {
      for (int i = 0; i < written.size(); i++) {
        lost.addAll(lost(written.get(i), encoded.get(i), place + "/" + i));
      }
    } else if (!written.equals(encoded)) {
      lost.add("%s was %s and is %s".formatted(place, written, encoded));
    }
    return lost;
  }

  private static String sha256(Path file) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
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
