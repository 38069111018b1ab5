package dev.heddle.worker.engine.codex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.worker.engine.codex.Item.Change;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnifiedDiffTest {

  private static final Workplace HERE = new Workplace(Path.of("/repo/here"));

  @Test
  void aNewFileIsShownWithAllItsLinesAdded() {
    assertThat(UnifiedDiff.of(List.of(change("/repo/here/a.txt", "add", null, "one\ntwo\n")), HERE))
        .isEqualTo("--- /dev/null\n+++ a.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n");
  }

  @Test
  void aDeletedFileIsShownWithAllItsLinesGone() {
    assertThat(UnifiedDiff.of(List.of(change("a.txt", "delete", null, "one\n")), HERE))
        .isEqualTo("--- a.txt\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-one\n");
  }

  @Test
  void theHunksOfAnUpdateGetTheNamesOfTheirFile() {
    assertThat(
            UnifiedDiff.of(
                List.of(
                    change("a.txt", "update", null, "@@ -1 +1 @@\n-one\n+two"),
                    change("b.txt", "update", "c.txt", "@@ -1 +1 @@\n-x\n+y\n")),
                HERE))
        .isEqualTo(
            """
            --- a.txt
            +++ a.txt
            @@ -1 +1 @@
            -one
            +two
            --- b.txt
            +++ c.txt
            @@ -1 +1 @@
            -x
            +y
            """);
  }

  @Test
  void anEmptyFileHasNoHunk() {
    assertThat(UnifiedDiff.of(List.of(change("a.txt", "add", null, "")), HERE))
        .isEqualTo("--- /dev/null\n+++ a.txt\n");
  }

  @Test
  void noChangesAreNoDiff() {
    assertThat(UnifiedDiff.of(List.of(), HERE)).isNull();
  }

  private static Change change(String path, String kind, String moved, String diff) {
    return new Change(path, new Change.Kind(kind, moved), diff);
  }
}
