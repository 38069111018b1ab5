package dev.heddle.worker.engine.acp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.worker.engine.acp.AcpSettings.Aspect;
import dev.heddle.worker.engine.acp.AcpSettings.Change;
import dev.heddle.worker.engine.acp.AcpSettings.UnknownChoiceException;
import dev.heddle.worker.engine.acp.AcpSettings.Way;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class AcpSettingsTest {

  private static final String MODES = "https://agentclientprotocol.com/protocol/session-modes#";

  private final AcpSettings settings = settings("plan");

  private static AcpSettings settings(String mode) {
    return AcpSettings.of(
        JsonMapper.shared()
            .readTree(
                """
                {"modes":{"currentModeId":"MODES#CURRENT","availableModes":[
                   {"id":"MODES#plan","name":"Plan"},{"id":"MODES#agent","name":"Agent"}]},
                 "models":{"currentModelId":"m-1","availableModels":[
                   {"modelId":"m-1","name":"Small"},{"modelId":"m-2","name":"Large"}]},
                 "configOptions":[{"type":"select","id":"effort","category":"thought_level",
                   "currentValue":"low","options":[
                   {"group":"all","name":"All","options":[
                     {"value":"low","name":"Low"},{"value":"high","name":"High"}]}]}]}
                """
                    .replace("MODES#", MODES)
                    .replace("CURRENT", mode)));
  }

  private static EngineSpec spec(
      @Nullable String model,
      @Nullable String mode,
      @Nullable String effort,
      PermissionPosture posture) {
    return new EngineSpec("mine", model, mode, effort, List.of()).with(posture);
  }

  @Test
  void findsAChoiceByItsIdItsNameOrTheEndOfItsId() throws Exception {
    EngineSpec spec = spec("Large", "AGENT", "high", PermissionPosture.ASK);

    assertThat(settings.change(Aspect.MODEL, spec)).contains(new Change(Way.MODEL, "model", "m-2"));
    assertThat(settings.change(Aspect.MODE, spec))
        .contains(new Change(Way.MODE, "mode", MODES + "agent"));
    assertThat(settings.change(Aspect.EFFORT, spec))
        .contains(new Change(Way.OPTION, "effort", "high"));
  }

  @Test
  void leavesWhatIsRightAlready() throws Exception {
    EngineSpec spec = spec("m-1", null, null, PermissionPosture.PLAN);

    assertThat(settings.change(Aspect.MODEL, spec)).isEmpty();
    assertThat(settings.change(Aspect.MODE, spec)).isEmpty();
    assertThat(settings.change(Aspect.EFFORT, spec)).isEmpty();
  }

  @Test
  void leavesTheModeForPlansOfATurnBefore() throws Exception {
    EngineSpec spec = spec(null, null, null, PermissionPosture.ASK);

    assertThat(settings.change(Aspect.MODE, spec))
        .contains(new Change(Way.MODE, "mode", MODES + "agent"));
    assertThat(settings("agent").change(Aspect.MODE, spec)).isEmpty();
  }

  @Test
  void plansWhateverModeIsWanted() throws Exception {
    assertThat(
            settings("agent")
                .change(Aspect.MODE, spec(null, "agent", null, PermissionPosture.PLAN)))
        .contains(new Change(Way.MODE, "mode", MODES + "plan"));
  }

  @Test
  void saysWhatThereIsWhereSomethingElseIsWanted() {
    assertThatThrownBy(
            () -> settings.change(Aspect.EFFORT, spec(null, null, "huge", PermissionPosture.ASK)))
        .isInstanceOf(UnknownChoiceException.class)
        .hasMessageContainingAll("reasoning effort", "huge", "low, high");
  }

  @Test
  void plansNothingWithAnAgentThatCannot() {
    assertThatThrownBy(() ->
            AcpSettings.none().change(Aspect.MODE, spec(null, null, null, PermissionPosture.PLAN)))
        .isInstanceOf(UnknownChoiceException.class)
        .hasMessageContaining("no mode for plans");
  }

  @Test
  void knowsWhatWasChanged() throws Exception {
    EngineSpec spec = spec("m-2", null, "high", PermissionPosture.PLAN);

    settings.changed(settings.change(Aspect.MODEL, spec).orElseThrow());
    settings.changed(settings.change(Aspect.EFFORT, spec).orElseThrow());

    assertThat(settings.current(Aspect.MODEL)).isEqualTo("m-2");
    assertThat(settings.values()).containsEntry("effort", "high");
    assertThat(settings.change(Aspect.MODEL, spec)).isEmpty();
  }
}
