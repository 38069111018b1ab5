package dev.heddle.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  record Thing(
      String name,
      @Nullable Instant at,
      @Nullable Duration took,
      @Nullable Integer count,
      int number) {}

  record Box(String label, List<Thing> things, Map<String, Thing> named, @Nullable Thing last) {}

  enum Colour {
    RED,
    @JsonEnumDefaultValue
    UNKNOWN
  }

  record Painted(Colour colour) {}

  record Strict(String name) {
    Strict {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("name must not be empty");
      }
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  sealed interface Animal {}

  @JsonTypeName("cat")
  record Cat(int lives) implements Animal {}

  @JsonTypeName("dog")
  record Dog(String name) implements Animal {}

  @Test
  void writesDatesAsIsoTextAndLeavesNullsOut() {
    var thing =
        new Thing("a", Instant.parse("2026-11-21T09:00:00.5Z"), Duration.ofSeconds(90), null, 1);

    assertThat(Json.string(thing))
        .isEqualTo(
            "{\"name\":\"a\",\"at\":\"2026-11-21T09:00:00.500Z\",\"took\":\"PT1M30S\",\"number\":1}");
    assertThat(Json.read(Json.bytes(thing), Thing.class)).isEqualTo(thing);
  }

  @Test
  void ignoresUnknownFieldsAndSurvivesAbsentOnes() {
    Thing thing = Json.read("{\"name\":\"a\",\"new\":{\"x\":[1]}}".getBytes(UTF_8), Thing.class);

    assertThat(thing).isEqualTo(new Thing("a", null, null, null, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'things':[],'named':{}}|label",
        "{'label':null,'things':[],'named':{}}|label",
        "{'label':'x','named':{}}|things",
        "{'label':'x','things':[{'name':'a'},{}],'named':{}}|things.[].name",
        "{'label':'x','things':[],'named':{'k':{}}}|named.[].name",
        "{'label':'x','things':[],'named':{},'last':{}}|last.name"
      })
  void saysWhatARecordLacks(String json, String path) {
    byte[] payload = json.replace('\'', '"').getBytes(UTF_8);

    UnreadableRecordException refused =
        catchThrowableOfType(UnreadableRecordException.class, () -> Json.read(payload, Box.class));

    assertThat(refused.code()).isEqualTo("unreadable");
    assertThat(refused).hasMessage("lacks " + path);
  }

  @Test
  void tellsSealedTypesApartByTheirWireName() {
    assertThat(Json.string(new Cat(9))).isEqualTo("{\"type\":\"cat\",\"lives\":9}");
    assertThat(Json.read("{\"type\":\"dog\",\"name\":\"Rex\"}".getBytes(UTF_8), Animal.class))
        .isEqualTo(new Dog("Rex"));
  }

  @Test
  void writesTheWireNameInsideOfListsToo() {
    assertThat(new String(Json.bytes(new Zoo(List.of(new Cat(1)))), UTF_8))
        .isEqualTo("{\"animals\":[{\"type\":\"cat\",\"lives\":1}]}");
  }

  record Zoo(List<Animal> animals) {}

  @Test
  void readsAnEnumValueOfTheFutureAsItsDefault() {
    assertThat(Json.read("{\"colour\":\"ULTRAVIOLET\"}".getBytes(UTF_8), Painted.class))
        .isEqualTo(new Painted(Colour.UNKNOWN));
  }

  @Test
  void namesAnUnknownType() {
    UnreadableRecordException unreadable = unreadable("{\"type\":\"unicorn\"}", Animal.class);

    assertThat(unreadable.code()).isEqualTo("unknown_type");
    assertThat(unreadable).hasMessageContaining("unicorn");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "null",
        "[]",
        "{\"name\":\"Rex\"}",
        "{\"type\":\"dog\",\"name\":\"Rex\"} trailing",
        "{\"type\":\"cat\",\"lives\":\"many\"}",
        "{\"type\":\"dog\",\"name\":\"Re"
      })
  void refusesWhatIsNoRecord(String payload) {
    assertThat(unreadable(payload, Animal.class).code()).isEqualTo("unreadable");
  }

  @Test
  void refusesBytesThatAreNoText() {
    assertThat(
            catchThrowableOfType(
                    UnreadableRecordException.class,
                    () -> Json.read(new byte[] {(byte) 0xff, 0, 1}, Animal.class))
                .code())
        .isEqualTo("unreadable");
  }

  @Test
  void refusesWhatTheRecordItselfRefuses() {
    UnreadableRecordException unreadable = unreadable("{\"name\":\"\"}", Strict.class);

    assertThat(unreadable.code()).isEqualTo("unreadable");
    assertThat(unreadable).hasMessageContaining("name must not be empty");
  }

  @Test
  void refusesNestingThatIsNoHonestRecord() {
    assertThat(unreadable("[".repeat(100_000), Animal.class).code()).isEqualTo("unreadable");
  }

  private static UnreadableRecordException unreadable(String payload, Class<?> type) {
    return catchThrowableOfType(
        UnreadableRecordException.class, () -> Json.read(payload.getBytes(UTF_8), type));
  }
}
