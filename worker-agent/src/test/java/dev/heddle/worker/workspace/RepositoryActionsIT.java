package dev.heddle.worker.workspace;

import static dev.heddle.worker.workspace.GitFixture.git;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.RepositoryAction.OpenPullRequest;
import dev.heddle.testkit.SettableClock;
import dev.heddle.worker.process.RunMarker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a forge's command is told. */
@Timeout(60)
class RepositoryActionsIT {

  @TempDir Path temporary;

  @Test
  void nobodyIsToldThePasswordInTheAddressOfARepository() throws Exception {
    Path folder = temporary.toRealPath();
    Path home = Files.createDirectory(folder.resolve("home"));
    Path repository = GitFixture.repository(folder.resolve("shop"));
    git(repository, "remote", "add", "origin", "https://ann:hidden@git.example/shop.git");
    Path told = folder.resolve("told");
    Path forge =
        Files.writeString(
            home.resolve("gh"),
            "#!/bin/sh\nprintf '%%s|' \"$@\" > %s\necho https://git.example/shop/pull/7\n"
                .formatted(told));
    assertThat(forge.toFile().setExecutable(true)).isTrue();

    RepositoryActions.Opened opened =
        TestWorkspaces.in(home, Duration.ofSeconds(20), SettableClock.at("2026-11-21T09:00:00Z"))
            .actions()
            .open(
                new Workspace(repository, "main"),
                "main",
                new OpenPullRequest("The cart", null, false, null),
                new RunMarker("actions.1." + Long.toHexString(System.nanoTime())),
                new Cancellation());

    assertThat(opened.pullRequest().number()).isEqualTo(7);
    assertThat(Files.readString(told))
        .contains("|--repo|https://git.example/shop.git|")
        .doesNotContain("hidden");
  }
}
