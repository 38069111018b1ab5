package dev.heddle.thread.conversation;

import static dev.heddle.thread.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.thread.ThreadError;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsInputTest {

  private static final SettingsInput NOTHING =
      new SettingsInput(null, null, null, null, null, null, null, null);

  private static SettingsInput engine(String engine, String model, List<String> command) {
    return new SettingsInput(engine, model, null, null, command, null, null, null);
  }

  private static SettingsInput placed(String pool, String machine, Map<String, String> labels) {
    return new SettingsInput(null, null, null, null, null, pool, machine, labels);
  }

  @Test
  void aPermissionIsThatOfTheTurnBeforeWhateverTheEngineUntilAnotherIsNamed() {
    TurnSettings full =
        new SettingsInput("codex", null, null, null, null, null, null, null, "full").checked();
    assertThat(full.permission()).isEqualTo(PermissionPosture.FULL);
    SettingsInput otherEngine =
        new SettingsInput("claude", null, null, null, null, null, null, null);
    assertThat(otherEngine.over(full).checked().permission()).isEqualTo(PermissionPosture.FULL);
    SettingsInput named = new SettingsInput(null, null, null, null, null, null, null, null, "plan");
    assertThat(named.over(full).checked().permission()).isEqualTo(PermissionPosture.PLAN);
    assertThat(full.copied().permission()).isNull();
    assertThat(named.over(full).checked().copied().permission()).isEqualTo(PermissionPosture.PLAN);
    assertThat(SettingsInput.of(full).checked()).isEqualTo(full);
  }

  @Test
  void whatNobodyGaveHasItsDefault() {
    assertThat(NOTHING.checked())
        .isEqualTo(
            new TurnSettings(
                "command", null, null, null, List.of(), "default", null, Map.of(), null));
  }

  @Test
  void aTurnKeepsTheSettingsOfTheLastOne() {
    TurnSettings last =
        new SettingsInput(
                "codex", "large", "plan", "high", null, "gpu", "box-1", Map.of("os", "linux"))
            .checked();
    assertThat(NOTHING.over(last).checked()).isEqualTo(last);
  }

  @Test
  void anotherEngineStartsWithoutTheSettingsOfTheLastOne() {
    TurnSettings last =
        new SettingsInput("codex", "large", "plan", "high", null, "gpu", null, null).checked();
    TurnSettings next = engine("claude", "small", null).over(last).checked();
    assertThat(next)
        .isEqualTo(
            new TurnSettings(
                "claude", "small", null, null, List.of(), "gpu", null, Map.of(), null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Codex", "a b", "-x", "../x"})
  void aMalformedEngineIsRefused(String engine) {
    assertRefused(ThreadError.INVALID_ENGINE, () -> engine(engine, null, null).checked());
  }

  @Test
  void anEngineThatNobodyKnowsIsNotRefused() {
    assertThat(engine("yet-to-be-written", null, null).checked().engine())
        .isEqualTo("yet-to-be-written");
  }

  @Test
  void aMalformedModelIsRefusedByItsName() {
    assertRefused(ThreadError.INVALID_ENGINE, () -> engine("codex", "a\nb", null).checked())
        .hasMessageContaining("model");
  }

  @Test
  void aCommandBelongsToTheCommandEngineAndNamesAProgram() {
    assertThat(engine(null, null, List.of("bash", "-s")).checked().command())
        .containsExactly("bash", "-s");
    assertRefused(ThreadError.INVALID_COMMAND, () -> engine("codex", null, List.of("x")).checked());
    assertRefused(ThreadError.INVALID_COMMAND, () -> engine(null, null, List.of(" ")).checked());
    assertRefused(
        ThreadError.INVALID_COMMAND,
        () -> engine(null, null, List.of("x", "y".repeat(64 * 1024))).checked());
    assertRefused(
        ThreadError.INVALID_TEXT, () -> engine(null, null, List.of("x", "a\0b")).checked());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GPU", "a b", "a.b", "-a"})
  void aMalformedPoolIsRefused(String pool) {
    assertRefused(ThreadError.INVALID_POOL, () -> placed(pool, null, null).checked());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Box", "a b", "-a"})
  void aMalformedMachineIsRefused(String machine) {
    assertRefused(ThreadError.INVALID_MACHINE, () -> placed(null, machine, null).checked());
  }

  @Test
  void malformedLabelsAreRefused() {
    assertRefused(ThreadError.INVALID_LABEL, () -> placed(null, null, Map.of("", "x")).checked());
    assertRefused(
        ThreadError.INVALID_LABEL, () -> placed(null, null, Map.of("a", "b c")).checked());
    assertThat(placed(null, null, Map.of("os", "linux")).checked().labels())
        .containsExactly(Map.entry("os", "linux"));
  }
}
