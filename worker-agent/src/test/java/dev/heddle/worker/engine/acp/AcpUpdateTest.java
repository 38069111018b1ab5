package dev.heddle.worker.engine.acp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Plan;
import dev.heddle.contracts.PlanTaskStatus;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class AcpUpdateTest {

  @Test
  void knowsTheToolsOfAServerByTheNamesThatAgentsMake() {
    for (String title : List.of("heddle-delegate", "heddle_ask_person", "mcp__heddle__delegate")) {
      assertThat(announced(title, "other").announcesToolOf("heddle")).as(title).isTrue();
    }
    for (String title : List.of("delegate", "heddle", "heddle-x delegate", "my-heddle-delegate")) {
      assertThat(announced(title, "other").announcesToolOf("heddle")).as(title).isFalse();
    }
    assertThat(announced("heddle-delegate", "execute").announcesToolOf("heddle")).isFalse();
  }

  private static AcpUpdate.Tool announced(String title, String kind) {
    return new AcpUpdate.Tool(
        "id", true, title, kind, null, null, new ToolResult(null, null, null));
  }

  private static AcpUpdate read(String json) {
    return AcpUpdate.of(JsonMapper.shared().readTree(json));
  }

  @Test
  void showsOfACommandWhatIsRunAndNotWhatTheModelCallsIt() {
    AcpUpdate update =
        read(
            """
            {"sessionUpdate":"tool_call","toolCallId":"call_1","title":"Tidy up","kind":"execute",
             "status":"pending","rawInput":{"command":"rm -rf /","description":"Tidy up"}}
            """);

    assertThat(update)
        .isInstanceOfSatisfying(
            AcpUpdate.Tool.class,
            tool -> {
              assertThat(tool.title()).isEqualTo("rm -rf /");
              assertThat(tool.begins()).isTrue();
              assertThat(tool.input()).contains("Tidy up");
            });
  }

  @Test
  void findsTheExitCodeOfCopilotsShell() {
    AcpUpdate update =
        read(
            """
            {"sessionUpdate":"tool_call_update","toolCallId":"call_1","status":"completed",
             "content":[{"type":"content","content":{"type":"text","text":"hi\\n"}}],
             "rawOutput":{"content":"hi","contents":[{"type":"shell_exit","exitCode":7}]}}
            """);

    assertThat(update)
        .isInstanceOfSatisfying(
            AcpUpdate.Tool.class,
            tool -> {
              assertThat(tool.completed()).isTrue();
              assertThat(tool.result()).isEqualTo(new ToolResult("hi\n", null, 7));
            });
  }

  @Test
  void takesTheWordsOfAToolFromWhateverItReturns() {
    AcpUpdate update =
        read(
            """
            {"sessionUpdate":"tool_call_update","toolCallId":"call_1","status":"failed",
             "rawOutput":{"message":"The user rejected this tool call.","code":"rejected"}}
            """);

    assertThat(update)
        .isInstanceOfSatisfying(
            AcpUpdate.Tool.class,
            tool -> {
              assertThat(tool.failed()).isTrue();
              assertThat(tool.result().output()).isEqualTo("The user rejected this tool call.");
            });
  }

  @Test
  void readsAPlan() {
    AcpUpdate update =
        read(
            """
            {"sessionUpdate":"plan","entries":[
              {"content":"One","status":"completed","priority":"high"},
              {"content":"Two","status":"in_progress"},
              {"content":"Three","status":"of the future"}]}
            """);

    assertThat(update)
        .isEqualTo(
            new AcpUpdate.Planned(
                new Plan(
                    null,
                    List.of(
                        new Plan.Task("One", PlanTaskStatus.COMPLETED),
                        new Plan.Task("Two", PlanTaskStatus.IN_PROGRESS),
                        new Plan.Task("Three", PlanTaskStatus.PENDING)),
                    List.of())));
  }

  @Test
  void keepsTheNameOfWhatItDoesNotKnow() {
    assertThat(read("{\"sessionUpdate\":\"dream\"}")).isEqualTo(new AcpUpdate.Unknown("dream"));
    assertThat(read("{\"sessionUpdate\":\"tool_call\"}")).isInstanceOf(AcpUpdate.Unknown.class);
    assertThat(
            read(
                "{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{\"type\":\"image\",\"data\":\"\"}}"))
        .isEqualTo(new AcpUpdate.Unknown("agent_message_chunk of image"));
  }

  @Test
  void takesCostInDollarsOnly() {
    assertThat(
            read(
                "{\"sessionUpdate\":\"usage_update\",\"cost\":{\"amount\":0.5,\"currency\":\"USD\"}}"))
        .isEqualTo(new AcpUpdate.Context(0.5));
    assertThat(
            read(
                "{\"sessionUpdate\":\"usage_update\",\"cost\":{\"amount\":0.5,\"currency\":\"EUR\"}}"))
        .isEqualTo(new AcpUpdate.Context(null));
  }
}
