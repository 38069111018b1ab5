package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InboxTest {

  private static final String ID = "0199a2c4-7e00-7abc-8def-0123456789ab";
  private static final String DECISION = "POST /api/approvals/" + ID + "/decision";

  @TempDir Path home;
  private FakeGateway gateway;

  @BeforeEach
  void start() throws Exception {
    gateway = new FakeGateway(home);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void whatWaitsForAPersonIsListed() {
    gateway.on(
        "GET /api/approvals?state=pending&project=shop",
        200,
        """
        {"items":[{"id":"%s","askedAt":"2026-11-28T10:00:00Z","kind":"approval",
          "title":"Run npm test","state":"pending"}]}
        """
            .formatted(ID));

    FakeGateway.Ran ran = gateway.run("inbox", "--project", "shop");

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).contains(ID, "Run npm test", "pending");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--allow | {\"decision\":\"allowed\"}",
        "--deny --message no! | {\"decision\":\"denied\",\"message\":\"no!\"}",
        "--allow --scope project --pattern npm* |"
            + " {\"decision\":\"allowed\",\"scope\":\"project\",\"pattern\":\"npm*\"}",
        "--option blue | {\"optionId\":\"blue\"}",
        "--answer here | {\"answer\":\"here\"}"
      })
  void aDecisionSaysWhatWasChosenAndNothingElse(String options, String body) {
    gateway.on(DECISION, 200, "{\"id\":\"" + ID + "\",\"state\":\"allowed\"}");

    FakeGateway.Ran ran = gateway.run(("decide " + ID + " " + options).split(" "));

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).isEqualTo("allowed " + ID + "\n");
    assertThat(Gateway.JSON.readTree(gateway.asked.getLast().body()))
        .isEqualTo(Gateway.JSON.readTree(body));
  }

  @Test
  void aSecondDecisionIsRefusedInTheServersWords() {
    gateway.on(
        DECISION,
        409,
        "{\"title\":\"Conflict\",\"detail\":\"ada denied it\",\"code\":\"already_decided\"}");

    FakeGateway.Ran ran = gateway.run("decide", ID, "--allow");

    assertThat(ran.exit()).isEqualTo(ExitCode.REFUSED);
    assertThat(ran.err()).contains("ada denied it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--allow --deny", "--allow --answer yes", "--scope project"})
  void aDecisionIsExactlyOneThing(String options) {
    FakeGateway.Ran ran = gateway.run(("decide " + ID + " " + options).trim().split(" "));

    assertThat(ran.exit()).isEqualTo(ExitCode.USAGE);
    assertThat(gateway.asked).isEmpty();
  }

  @Test
  void anIdMayBeShortened() {
    gateway.on("GET /api/approvals", 200, "{\"items\":[{\"id\":\"" + ID + "\"}]}");
    gateway.on(DECISION, 200, "{\"id\":\"" + ID + "\",\"state\":\"denied\"}");

    FakeGateway.Ran ran = gateway.run("decide", "89ab", "--deny");

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.out()).isEqualTo("denied " + ID + "\n");
  }
}
