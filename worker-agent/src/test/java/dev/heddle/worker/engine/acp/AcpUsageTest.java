package dev.heddle.worker.engine.acp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.TokenUsage;
import dev.heddle.worker.engine.acp.AcpAgent.UsageScope;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AcpUsageTest {

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  @Test
  void countsWhatIsCumulativeOnce() {
    AcpUsage usage = new AcpUsage(UsageScope.PROCESS, true);

    usage.answered(
        json(
            "{\"inputTokens\":1000,\"outputTokens\":10,\"totalTokens\":1010,\"cachedReadTokens\":400}"));
    usage.answered(
        json(
            "{\"inputTokens\":3000,\"outputTokens\":30,\"totalTokens\":3030,\"cachedReadTokens\":900}"));

    assertThat(usage.soFar()).contains(new TokenUsage(3000, 900, 30, null));
  }

  @Test
  void addsWhatIsOfEachPrompt() {
    AcpUsage usage = new AcpUsage(UsageScope.TURN, true);

    usage.answered(json("{\"inputTokens\":100,\"outputTokens\":1,\"totalTokens\":101}"));
    usage.answered(json("{\"inputTokens\":200,\"outputTokens\":2,\"totalTokens\":202}"));

    assertThat(usage.soFar()).contains(new TokenUsage(300, 0, 3, null));
  }

  @Test
  void addsTheCacheToTheInputWhereTheTotalSaysThatItIsNotInIt() {
    AcpUsage usage = new AcpUsage(UsageScope.TURN, true);

    usage.answered(
        json(
            """
            {"inputTokens":100,"outputTokens":10,"cachedReadTokens":400,"cachedWriteTokens":50,
             "thoughtTokens":7,"totalTokens":567}
            """));

    assertThat(usage.soFar()).contains(new TokenUsage(550, 400, 17, null));
  }

  @Test
  void knowsNoCostOfAResumedSessionUnlessItWasToldWhatItHadCostBefore() {
    AcpUsage unknown = new AcpUsage(UsageScope.TURN, false);
    unknown.cost(0.75);
    assertThat(unknown.soFar()).isEmpty();

    AcpUsage known = new AcpUsage(UsageScope.TURN, false);
    known.costBefore(0.5);
    known.cost(0.75);
    assertThat(known.soFar()).contains(new TokenUsage(0, 0, 0, 0.25));
  }

  @Test
  void saysNothingWhereNothingWasSaid() {
    AcpUsage usage = new AcpUsage(UsageScope.TURN, true);

    usage.answered(json("{}"));

    assertThat(usage.soFar()).isEmpty();
  }
}
