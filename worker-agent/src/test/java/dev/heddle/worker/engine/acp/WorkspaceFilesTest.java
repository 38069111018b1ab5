package dev.heddle.worker.engine.acp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkspaceFilesTest {

  @TempDir Path folder;

  private Path workspace;
  private Path outside;
  private WorkspaceFiles files;

  @BeforeEach
  void make() throws IOException {
    workspace = Files.createDirectory(folder.resolve("workspace"));
    outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
    Files.createSymbolicLink(workspace.resolve("link"), outside);
    Files.createSymbolicLink(workspace.resolve("link-to-file"), outside.resolve("secret"));
    Files.createSymbolicLink(workspace.resolve("link-to-nothing"), outside.resolve("new"));
    Files.createDirectories(workspace.resolve(".git/hooks"));
    files = new WorkspaceFiles(workspace);
  }

  @Test
  void writesAndReadsWithinTheWorkspace() throws IOException {
    files.write(workspace.resolve("a/b.txt").toString(), "one\ntwo\nthree\n");
    files.write("c.txt", "by a relative path");

    assertThat(files.read("a/b.txt", 0, Integer.MAX_VALUE)).isEqualTo("one\ntwo\nthree\n");
    assertThat(files.read("a/b.txt", 2, 1)).isEqualTo("two\n");
    assertThat(workspace.resolve("c.txt")).hasContent("by a relative path");
    assertThat(files.holds("not/there/yet")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside/secret",
        "a/../../outside/secret",
        "link/secret",
        "link/new",
        "link-to-file",
        "link-to-nothing",
        ".git/hooks/post-commit",
        ".git",
        ".",
        "/etc/passwd",
        "nul\0"
      })
  void leavesEverythingElseAlone(String path) {
    assertThat(files.holds(path)).isFalse();
    assertThatThrownBy(() -> files.write(path, "changed")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> files.read(path, 0, Integer.MAX_VALUE))
        .isInstanceOf(IOException.class);
    assertThat(outside.resolve("secret")).hasContent("secret");
    assertThat(outside.resolve("new")).doesNotExist();
  }

  @Test
  void readsNoFileThatIsTooLargeForALine() throws IOException {
    Files.write(workspace.resolve("large"), new byte[WorkspaceFiles.LIMIT_BYTES + 1]);

    assertThatThrownBy(() -> files.read("large", 0, Integer.MAX_VALUE))
        .hasMessageContaining("larger");
  }
}
