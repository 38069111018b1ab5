package dev.heddle.worker.engine.codex;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellScriptTest {

  @Test
  void isWhatTheShellIsGiven() {
    assertThat(ShellScript.of("/bin/bash -lc 'echo hi > x.txt; echo out'"))
        .isEqualTo("echo hi > x.txt; echo out");
    assertThat(ShellScript.of("bash -lc ls")).isEqualTo("ls");
    assertThat(ShellScript.of("/usr/bin/zsh -c 'two\nlines'")).isEqualTo("two\nlines");
  }

  @Test
  void isWithoutTheQuotesOfTheShell() {
    assertThat(ShellScript.of("bash -lc 'it'\"'\"'s'")).isEqualTo("it's");
    assertThat(ShellScript.of("bash -lc \"echo \\\"\\$HOME\\\" it's \\n\""))
        .isEqualTo("echo \"$HOME\" it's \\n");
  }

  /** A rule must not take a part of a command for all of it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "git status",
        "/bin/bash -lc 'git status' more",
        "/bin/bash -lc git status",
        "/bin/bash -lc 'git status'; rm x",
        "/bin/bash -lc 'git status",
        "/bin/bash -lc git\\",
        "/bin/bash script.sh"
      })
  void isTheWholeCommandWhereThatIsNoSingleScript(String command) {
    assertThat(ShellScript.of(command)).isEqualTo(command);
  }
}
