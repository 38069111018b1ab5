package dev.heddle.session.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Priority;
import dev.heddle.rest.ProblemException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunRequestTest {

  private static RunRequest prompt(@Nullable String prompt) {
    return new RunRequest(
        "web", prompt, null, null, null, null, null, null, null, null, null, null);
  }

  private static String refusal(RunRequest request) {
    return catchThrowableOfType(ProblemException.class, request::checked).code().code();
  }

  @Test
  void theLeastThatIsNeededIsTakenWithDefaults() {
    RunRequest.Checked checked = prompt("ls").checked();
    assertThat(checked.engine().name()).isEqualTo("command");
    assertThat(checked.requirements().pool()).isEqualTo("default");
    assertThat(checked.priority()).isEqualTo(Priority.NORMAL);
  }

  @Test
  void promptsAreRefusedWhereTheyAreEmptyNoTextOrTooLarge() {
    assertThat(refusal(prompt(null))).isEqualTo("empty_prompt");
    assertThat(refusal(prompt(" \n"))).isEqualTo("empty_prompt");
    assertThat(refusal(prompt("a\u0000b"))).isEqualTo("invalid_text");
    assertThat(refusal(prompt("a\ud800b"))).isEqualTo("invalid_text");
    assertThat(refusal(prompt("é".repeat(128 * 1024 + 1)))).isEqualTo("prompt_too_large");
    assertThat(prompt("é".repeat(128 * 1024)).checked().prompt()).hasSize(128 * 1024);
    assertThat(prompt("\ud83e\uddf5").checked().prompt()).isEqualTo("\ud83e\uddf5");
  }

  @Test
  void everythingElseIsRefusedByItsOwnCode() {
    assertThat(refusal(request(null, null, null, null, null, null))).isEqualTo("project_required");
    assertThat(refusal(request("web", "No Engine", null, null, null, null)))
        .isEqualTo("invalid_engine");
    assertThat(refusal(request("web", null, "No Pool", null, null, null)))
        .isEqualTo("invalid_pool");
    assertThat(refusal(request("web", null, null, "NO", null, null))).isEqualTo("invalid_machine");
    assertThat(refusal(request("web", null, null, null, Map.of("a b", "c"), null)))
        .isEqualTo("invalid_label");
    assertThat(refusal(request("web", null, null, null, null, "soon")))
        .isEqualTo("invalid_priority");
  }

  private static RunRequest request(
      @Nullable String project,
      @Nullable String engine,
      @Nullable String pool,
      @Nullable String machine,
      @Nullable Map<String, String> labels,
      @Nullable String priority) {
    return new RunRequest(
        project, "ls", engine, null, null, null, null, pool, machine, labels, null, priority);
  }

  @Test
  void aCommandBelongsToTheCommandEngineAlone() {
    assertThat(
            refusal(
                new RunRequest(
                    "web",
                    "ls",
                    "codex",
                    null,
                    null,
                    null,
                    List.of("bash"),
                    null,
                    null,
                    null,
                    null,
                    null)))
        .isEqualTo("invalid_command");
  }

  @Test
  void thePermissionIsOneOfThoseThatThereAre() {
    assertThat(permitted("full").checked().engine().permission()).isEqualTo(PermissionPosture.FULL);
    assertThat(refusal(permitted("all"))).isEqualTo("invalid_permission");
  }

  private static RunRequest permitted(String permission) {
    return new RunRequest(
        "web", "ls", null, null, null, null, null, null, null, null, permission, null);
  }

  @Test
  void thePromptIsNotPartOfItsText() {
    assertThat(prompt("secret").toString()).doesNotContain("secret");
  }
}
