package dev.heddle.worker.engine.codex;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkplaceTest {

  @TempDir Path folder;

  private Path directory;

  @BeforeEach
  void make() throws Exception {
    directory = Files.createDirectory(folder.resolve("work"));
  }

  @Test
  void holdsFilesThatAreInItOrWillBe() throws Exception {
    Files.createFile(directory.resolve("a.txt"));

    assertThat(holds(directory.resolve("a.txt").toString(), null)).isTrue();
    assertThat(holds("b/c/new.txt", null)).isTrue();
  }

  @Test
  void holdsNothingThatIsElsewhere() {
    assertThat(holds(folder.resolve("other.txt").toString(), null)).isFalse();
    assertThat(holds("../other.txt", null)).isFalse();
    assertThat(holds("a.txt", "../moved.txt")).isFalse();
    assertThat(new Workplace(directory).holds(List.of())).isFalse();
  }

  @Test
  void holdsNothingThatLinksLeadAwayFrom() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.createSymbolicLink(directory.resolve("link"), other);
    Files.createSymbolicLink(directory.resolve("nowhere"), folder.resolve("not-there"));

    assertThat(holds("link/a.txt", null)).isFalse();
    assertThat(holds("nowhere", null)).isFalse();
  }

  @Test
  void namesFilesFromItself() {
    assertThat(new Workplace(directory).name(directory.resolve("a/b.txt").toString()))
        .isEqualTo("a/b.txt");
    assertThat(new Workplace(directory).name("/etc/hosts")).isEqualTo("/etc/hosts");
  }

  private boolean holds(String path, @Nullable String moved) {
    return new Workplace(directory)
        .holds(List.of(new Item.Change(path, new Item.Change.Kind("update", moved), "")));
  }
}
