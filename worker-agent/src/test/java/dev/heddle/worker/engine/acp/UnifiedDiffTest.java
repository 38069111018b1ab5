package dev.heddle.worker.engine.acp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnifiedDiffTest {

  @Test
  void showsWhatChangedWithThreeLinesAround() {
    assertThat(UnifiedDiff.of("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nfive\n6\n7\n8\n"))
        .isEqualTo(
            """
            --- a/a.txt
            +++ b/a.txt
            @@ -2,7 +2,7 @@
             2
             3
             4
            -5
            +five
             6
             7
             8
            """);
  }

  @Test
  void showsAFileThatIsNew() {
    assertThat(UnifiedDiff.of("/w/new.txt", "", "one\ntwo\n"))
        .isEqualTo(
            """
            --- /dev/null
            +++ b/w/new.txt
            @@ -0,0 +1,2 @@
            +one
            +two
            """);
  }

  @Test
  void showsAFileThatIsDeleted() {
    assertThat(UnifiedDiff.of("old.txt", "one\n", ""))
        .isEqualTo(
            """
            --- a/old.txt
            +++ /dev/null
            @@ -1,1 +0,0 @@
            -one
            """);
  }
}
