package dev.heddle.thread;

import static dev.heddle.thread.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.rest.RestError;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class MergePatchTest {

  private static MergePatch of(String json) {
    ObjectNode body = (ObjectNode) JsonMapper.shared().readTree(json);
    return new MergePatch(body, Set.of("a", "b", "o"));
  }

  @Test
  void whatIsAbsentStaysAndWhatIsNullIsReset() {
    assertThat(of("{}").text("a", "old")).isEqualTo("old");
    assertThat(of("{\"a\":null}").text("a", "old")).isNull();
    assertThat(of("{\"a\":\"new\"}").text("a", "old")).isEqualTo("new");
    assertThat(of("{}").number("a", 3)).isEqualTo(3);
    assertThat(of("{\"a\":null}").number("a", 3)).isNull();
    assertThat(of("{\"a\":4}").number("a", 3)).isEqualTo(4);
    assertThat(of("{}").wholeNumber("a", 3L)).isEqualTo(3);
    assertThat(of("{\"a\":null}").wholeNumber("a", 3L)).isNull();
    assertThat(of("{\"a\":5000000000}").wholeNumber("a", 3L)).isEqualTo(5_000_000_000L);
    assertThat(of("{}").decimal("a", 0.5)).isEqualTo(0.5);
    assertThat(of("{\"a\":null}").decimal("a", 0.5)).isNull();
    assertThat(of("{\"a\":2}").decimal("a", 0.5)).isEqualTo(2);
    assertThat(of("{\"a\":null}").resets("a")).isTrue();
    assertThat(of("{\"a\":1}").resets("a") || of("{}").resets("a")).isFalse();
    assertThat(of("{\"a\":true}").flag("a", false)).isTrue();
    assertThat(of("{\"a\":[\"x\"]}").texts("a", List.of("old"))).containsExactly("x");
    assertThat(of("{\"a\":null}").texts("a", List.of("old"))).isEmpty();
  }

  @Test
  void aMapIsMergedMemberByMember() {
    assertThat(of("{\"a\":{\"x\":null,\"z\":\"3\"}}").map("a", Map.of("x", "1", "y", "2")))
        .containsOnly(Map.entry("y", "2"), Map.entry("z", "3"));
  }

  @Test
  void aListOfObjectsIsReplacedAsAWhole() {
    assertThat(of("{}").objects("a", Set.of("x"))).isNull();
    assertThat(of("{\"a\":null}").objects("a", Set.of("x"))).isEmpty();
    assertThat(of("{\"a\":[{\"x\":\"1\"},{}]}").objects("a", Set.of("x")))
        .extracting(one -> one.text("x", null))
        .containsExactly("1", null);
    assertRefused(
            RestError.VALIDATION_FAILED,
            () -> of("{\"a\":[{},{\"y\":1}]}").objects("a", Set.of("x")))
        .hasMessageContaining("a[1].y");
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"a\":[1]}").objects("a", Set.of()))
        .hasMessageContaining("a must be a list of objects");
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"a\":{}}").objects("a", Set.of()));
  }

  @Test
  void anUnknownMemberIsRefusedByItsName() {
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"wrong\":1}"))
        .hasMessageContaining("wrong");
    assertRefused(
            RestError.VALIDATION_FAILED, () -> of("{\"o\":{\"q\":1}}").object("o", Set.of("p")))
        .hasMessageContaining("o.q");
  }

  @Test
  void aMemberOfAnotherTypeIsRefusedByItsName() {
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"a\":1}").text("a", null))
        .hasMessageContaining("a must be a string");
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"a\":null}").requiredText("a", "x"));
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"a\":\"x\"}").flag("a", true));
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"a\":null}").flag("a", true));
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"a\":1.5}").number("a", null));
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"a\":1.5}").wholeNumber("a", null));
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"a\":\"1\"}").decimal("a", null));
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"a\":[1]}").texts("a", List.of()));
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"a\":{\"x\":1}}").map("a", Map.of()));
    assertRefused(RestError.VALIDATION_FAILED, () -> of("{\"o\":1}").object("o", Set.of()));
  }
}
