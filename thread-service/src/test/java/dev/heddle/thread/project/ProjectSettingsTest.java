package dev.heddle.thread.project;

import static dev.heddle.thread.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.OnLost;
import dev.heddle.thread.ThreadError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectSettingsTest {

  private static ProjectSettings named(String name) {
    return new ProjectSettings(
        name, null, null, null, null, null, OnLost.RESUME, null, null, null, false);
  }

  private static ProjectSettings onBranch(String branch) {
    return new ProjectSettings(
        "p", null, branch, null, null, null, OnLost.RESUME, null, null, null, false);
  }

  private static ProjectSettings at(String path) {
    return new ProjectSettings(
        "p", null, null, path, null, null, OnLost.RESUME, null, null, null, false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "Web shop 2", "x.y_z-1", "0"})
  void ordinaryNamesAreAccepted(String name) {
    assertThat(named(name).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " a", "a ", "-a", "a/b", "a\nb", "ä", "018f2f6e-0000-7000-8000-000000000001"})
  void namesThatCannotBeAddressedAreRefused(String name) {
    assertRefused(ThreadError.INVALID_NAME, () -> named(name));
  }

  @Test
  void aNameHasAtMost63Characters() {
    assertThat(named("a".repeat(63)).name()).hasSize(63);
    assertRefused(ThreadError.INVALID_NAME, () -> named("a".repeat(64)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "release/1.2", "v1.0", "0a1b2c3d"})
  void branchesTagsAndCommitsAreAccepted(String branch) {
    assertThat(onBranch(branch).baseBranch()).isEqualTo(branch);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-x", "a..b", "a b", "a~1", "a:b", "a\\b", "a@{1}", "a/", "a.lock"})
  void whatGitWouldReadAsSomethingElseThanABranchIsRefused(String branch) {
    assertRefused(ThreadError.INVALID_BRANCH, () -> onBranch(branch));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "relative", "~/x", "/a\nb"})
  void aLocalPathIsAbsolute(String path) {
    assertRefused(ThreadError.INVALID_PATH, () -> at(path));
    assertThat(at("/srv/checkout").localPath()).isEqualTo("/srv/checkout");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 100_001})
  void aLimitOfSessionsIsAPositiveNumber(int limit) {
    assertRefused(
        ThreadError.INVALID_LIMIT,
        () ->
            new ProjectSettings(
                "p", null, null, null, null, limit, OnLost.RESUME, null, null, null, false));
  }

  @Test
  void whatHappensToALostRunIsOneOfThreeChoices() {
    assertThat(ProjectSettings.onLost(null)).isEqualTo(OnLost.RESUME);
    assertThat(ProjectSettings.onLost("hold")).isEqualTo(OnLost.HOLD);
    assertRefused(ThreadError.INVALID_CHOICE, () -> ProjectSettings.onLost("HOLD"))
        .hasMessageContaining("resume, rerun, hold");
  }
}
