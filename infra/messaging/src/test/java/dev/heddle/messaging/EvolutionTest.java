package dev.heddle.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.CheckpointMoment;
import dev.heddle.contracts.CommandOutcome;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.EngineState;
import dev.heddle.contracts.MachineState;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.Origin;
import dev.heddle.contracts.Outcome;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Phase;
import dev.heddle.contracts.PlanTaskStatus;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.PullRequestState;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.contracts.SessionChanged;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadEnd;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.Topics;
import dev.heddle.contracts.Traffic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the next version may send, this one survives: every committed sample, with a field, a kind
 * and an enum value that nobody knows yet, at every place of it.
 */
class EvolutionTest {

  private static final JsonMapper TREES = JsonMapper.builder().build();
  private static final Path SAMPLES = Path.of("../contracts/src/test/resources/golden");
  private static final String FUTURE = "from-the-future";

  /** What a value that an enum does not have yet reads as; empty where it is refused. */
  private static final Map<Class<? extends Enum<?>>, Optional<Enum<?>>> READINGS =
      Map.ofEntries(
          Map.entry(ApprovalKind.class, Optional.of(ApprovalKind.QUESTION)),
          Map.entry(ApprovalOption.Kind.class, Optional.of(ApprovalOption.Kind.OTHER)),
          Map.entry(CommandOutcome.Result.class, Optional.of(CommandOutcome.Result.REJECTED)),
          Map.entry(Decision.Scope.class, Optional.of(Decision.Scope.ONCE)),
          Map.entry(Decision.Verdict.class, Optional.of(Decision.Verdict.DENIED)),
          Map.entry(MachineState.class, Optional.of(MachineState.DRAINING)),
          Map.entry(MessageStatus.class, Optional.of(MessageStatus.FAILED)),
          Map.entry(NoticeLevel.class, Optional.of(NoticeLevel.WARNING)),
          Map.entry(OnLost.class, Optional.of(OnLost.HOLD)),
          Map.entry(Outcome.class, Optional.of(Outcome.FAILED)),
          Map.entry(PermissionPosture.class, Optional.of(PermissionPosture.ASK)),
          Map.entry(Phase.class, Optional.of(Phase.PREPARING)),
          Map.entry(Priority.class, Optional.of(Priority.NORMAL)),
          Map.entry(ProcessStream.class, Optional.of(ProcessStream.STDOUT)),
          Map.entry(Role.class, Optional.of(Role.SYSTEM)),
          Map.entry(ToolStatus.class, Optional.of(ToolStatus.RUNNING)),
          Map.entry(CheckpointMoment.class, Optional.of(CheckpointMoment.AFTER)),
          Map.entry(ThreadEnd.class, Optional.of(ThreadEnd.ARCHIVED)),
          Map.entry(
              EngineState.ApprovalPolicy.class, Optional.of(EngineState.ApprovalPolicy.UNTRUSTED)),
          Map.entry(EngineState.Sandbox.class, Optional.of(EngineState.Sandbox.READ_ONLY)),
          Map.entry(
              EngineState.PermissionMode.class, Optional.of(EngineState.PermissionMode.DEFAULT)),
          Map.entry(PlanTaskStatus.class, Optional.of(PlanTaskStatus.PENDING)),
          Map.entry(PullRequestState.class, Optional.of(PullRequestState.OPEN)),
          Map.entry(RunPurpose.class, Optional.of(RunPurpose.TURN)),
          Map.entry(Origin.class, Optional.empty()),
          Map.entry(SessionStatus.class, Optional.empty()));

  private record Sample(Class<?> root, String name, ObjectNode json) {}

  @Test
  void everyEnumHasAReadingForWhatItDoesNotHaveYet() throws IOException {
    Path sources = Path.of("../contracts/src/main/java/dev/heddle/contracts");
    List<Class<?>> enums = new ArrayList<>();
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        if (!name.equals("package-info")) {
          collectEnums(contract(name), enums);
        }
      }
    }
    assertThat(READINGS.keySet()).containsExactlyInAnyOrderElementsOf(asEnums(enums));
  }

  @TestFactory
  Stream<DynamicTest> anEnumReadsWhatItDoesNotHaveYet() {
    return READINGS.entrySet().stream()
        .map(reading ->
            DynamicTest.dynamicTest(
                reading.getKey().getSimpleName(),
                () -> {
                  byte[] payload = ('"' + FUTURE + '"').getBytes(StandardCharsets.UTF_8);
                  if (reading.getValue().isPresent()) {
                    assertThat((Object) Json.read(payload, reading.getKey()))
                        .isEqualTo(reading.getValue().get());
                  } else {
                    UnreadableRecordException refused =
                        catchThrowableOfType(
                            UnreadableRecordException.class,
                            () -> Json.read(payload, reading.getKey()));
                    assertThat(refused.code()).isEqualTo("unknown_value");
                  }
                }));
  }

  @TestFactory
  Stream<DynamicTest> aRecordWithAFieldOfTheFutureIsTheSameRecord() {
    return tests(sample -> {
      Object today = Json.read(Json.bytes(sample.json()), sample.root());
      ObjectNode tomorrow = sample.json().deepCopy();
      addEverywhere(tomorrow);

      assertThat(tomorrow).isNotEqualTo(sample.json());
      assertThat((Object) Json.read(Json.bytes(tomorrow), sample.root())).isEqualTo(today);
    });
  }

  /** Whatever the text, a reader either understands the record or says that it is of the future. */
  @TestFactory
  Stream<DynamicTest> aRecordWithAWordOfTheFutureIsReadOrRefusedByName() {
    return tests(sample -> {
      for (String pointer : words(sample)) {
        ObjectNode tomorrow = sample.json().deepCopy();
        int slash = pointer.lastIndexOf('/');
        ((ObjectNode) tomorrow.at(pointer.substring(0, slash)))
            .put(pointer.substring(slash + 1), FUTURE);
        try {
          assertThat((Object) Json.read(Json.bytes(tomorrow), sample.root())).isNotNull();
        } catch (UnreadableRecordException refused) {
          assertThat(refused.code()).as(pointer).isIn("unknown_type", "unknown_value");
          assertThat(refused).as(pointer).hasMessageContaining(FUTURE);
        }
      }
    });
  }

  @TestFactory
  Stream<DynamicTest> aKindOfTheFutureIsRefusedByName() {
    return tests(sample -> {
      JsonTypeInfo kinds = sample.root().getAnnotation(JsonTypeInfo.class);
      if (kinds != null) {
        ObjectNode tomorrow = sample.json().deepCopy().put(kinds.property(), FUTURE);
        UnreadableRecordException refused =
            catchThrowableOfType(
                UnreadableRecordException.class,
                () -> Json.read(Json.bytes(tomorrow), sample.root()));
        assertThat(refused.code()).isEqualTo("unknown_type");
        assertThat(refused).hasMessageContaining(FUTURE);
      }
    });
  }

  /** No handler ever meets a null where its type promises something. */
  @TestFactory
  Stream<DynamicTest> aRecordThatLacksSomethingIsWholeOrRefused() {
    return tests(sample -> {
      for (String name : List.copyOf(sample.json().propertyNames())) {
        ObjectNode less = sample.json().deepCopy().without(name);
        try {
          assertThat((Object) Json.read(Json.bytes(less), sample.root())).isNotNull();
          assertThat(neededText(sample)).as("can be left out").doesNotContain(name);
        } catch (UnreadableRecordException refused) {
          assertThat(refused.code()).as(name).isEqualTo("unreadable");
          assertThat(refused.getMessage()).isIn("lacks " + name, "has no " + name);
        }
      }
    });
  }

  /** What must be there according to the published schema, as far as it is text. */
  private static List<String> neededText(Sample sample) {
    String root = sample.root().getSimpleName();
    JsonNode schema = TREES.readTree(Path.of("../../docs/api/schemas").resolve(root + ".json"));
    return schema
        .path("definitions")
        .path(root)
        .path("required")
        .valueStream()
        .map(JsonNode::asString)
        .filter(name -> sample.json().path(name).isString())
        .toList();
  }

  @Test
  void theStateOfASessionCountsWhateverFactOfTheFutureCausedIt() throws IOException {
    ObjectNode sample =
        (ObjectNode) TREES.readTree(SAMPLES.resolve("SessionChanged/session.changed.json"));
    SessionChanged today = Json.read(Json.bytes(sample), SessionChanged.class);
    ((ObjectNode) sample.path("fact")).put("type", FUTURE);

    SessionChanged tomorrow = Json.read(Json.bytes(sample), SessionChanged.class);

    assertThat(today.fact()).isNotNull();
    assertThat(tomorrow.fact()).isNull();
    assertThat(tomorrow.session()).isEqualTo(today.session());
  }

  private interface Check {
    void of(Sample sample);
  }

  /** On every sample of what travels alone on a topic. */
  private static Stream<DynamicTest> tests(Check check) {
    return Traffic.ALL.stream()
        .map(Traffic::record)
        .flatMap(root -> samples(root).stream())
        .map(sample ->
            DynamicTest.dynamicTest(
                sample.root().getSimpleName() + " " + sample.name(), () -> check.of(sample)));
  }

  private static List<Sample> samples(Class<?> root) {
    try (Stream<Path> files = Files.list(SAMPLES.resolve(root.getSimpleName()))) {
      return files
          .map(file ->
              new Sample(root, file.getFileName().toString(), (ObjectNode) TREES.readTree(file)))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void addEverywhere(JsonNode node) {
    if (node.isArray()) {
      node.forEach(EvolutionTest::addEverywhere);
    }
    node.properties()
        .forEach(member -> {
          // A new key of a map is no new field.
          if (!member.getKey().equals("labels") && !member.getKey().equals("headers")) {
            addEverywhere(member.getValue());
          }
        });
    if (node instanceof ObjectNode object) {
      object.putObject("fromTheFuture").put("x", 1);
    }
  }

  /** Where a sample holds a value of an enum or the name of a kind. */
  private static List<String> words(Sample sample) {
    List<String> known =
        READINGS.keySet().stream()
            .flatMap(type -> Arrays.stream(type.getEnumConstants()))
            .map(constant -> wire((Enum<?>) constant))
            .toList();
    List<String> found = new ArrayList<>();
    collectWords(sample.json(), "", known, found);
    return found;
  }

  private static void collectWords(
      JsonNode node, String pointer, List<String> known, List<String> found) {
    node.properties()
        .forEach(member -> {
          String here = pointer + "/" + member.getKey();
          boolean kind = member.getKey().equals("type") || member.getKey().equals("kind");
          if (member.getValue().isString()
              && (kind || known.contains(member.getValue().asString()))) {
            found.add(here);
          }
          collectWords(member.getValue(), here, known, found);
        });
  }

  private static String wire(Enum<?> constant) {
    try {
      return constant
          .getDeclaringClass()
          .getField(constant.name())
          .getAnnotation(JsonProperty.class)
          .value();
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }

  private static Class<?> contract(String name) {
    try {
      return Class.forName(Topics.class.getPackageName() + "." + name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static void collectEnums(Class<?> type, List<Class<?>> enums) {
    if (type.isEnum()) {
      enums.add(type);
    }
    Arrays.stream(type.getDeclaredClasses()).forEach(nested -> collectEnums(nested, enums));
  }

  @SuppressWarnings("unchecked") // each was asked whether it is one
  private static List<Class<? extends Enum<?>>> asEnums(List<Class<?>> types) {
    return types.stream()
        .<Class<? extends Enum<?>>>map(type -> (Class<? extends Enum<?>>) type)
        .toList();
  }
}
