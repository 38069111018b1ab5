package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeddleHomeTest {

  @TempDir Path folder;

  @Test
  void homeIsWhereTheShellSaysUnlessNamed() {
    assertThat(HeddleHome.fromEnvironment(Map.of("HOME", "/home/ada")).root())
        .isEqualTo(Path.of("/home/ada/.heddle"));
    assertThat(HeddleHome.fromEnvironment(Map.of("HOME", "/home/ada", "HEDDLE_HOME", "/x")).root())
        .isEqualTo(Path.of("/x"));
    assertThat(HeddleHome.fromEnvironment(Map.of()).root())
        .isEqualTo(Path.of(System.getProperty("user.home"), ".heddle"));
  }

  @Test
  void homeOfALaterVersionIsLeftAlone() throws Exception {
    HeddleHome home = new HeddleHome(folder.resolve("home"));
    home.create();
    home.create();
    Files.writeString(home.root().resolve("layout"), "2\n");

    assertThatThrownBy(home::create)
        .isInstanceOf(LocalException.class)
        .hasMessageContaining("written by a later version of Heddle")
        .hasMessageContaining("Update this checkout, or set HEDDLE_HOME");
  }

  @Test
  void homeThatAFullDiskLeftHalfWrittenIsMadeWhole() throws Exception {
    HeddleHome home = new HeddleHome(folder.resolve("home"));
    Files.createDirectories(home.root());
    Files.createFile(home.root().resolve("layout"));

    home.create();

    assertThat(home.root().resolve("layout")).hasContent("1");
    assertThat(home.root()).isDirectoryNotContaining("glob:**.next");
  }

  @Test
  void fileIsWrittenWholeOrNotAtAll() throws Exception {
    Path file = folder.resolve("file");
    WholeFile.write(file, "before\n");
    Path link = Files.createSymbolicLink(folder.resolve("file.link"), file);

    assertThatThrownBy(() -> WholeFile.write(folder, "a folder is in the way"))
        .isInstanceOf(java.io.IOException.class);
    WholeFile.write(link, "after\n");

    // Replaced, not written into: whoever reads meanwhile sees the one or the other.
    assertThat(WholeFile.read(file)).contains("before");
    assertThat(WholeFile.read(link)).contains("after");
    assertThat(folder).isDirectoryNotContaining("glob:**.next");
    assertThat(folder.getParent()).isDirectoryNotContaining("glob:**.next");
  }

  @Test
  void homeThatCannotBeMadeIsAClearError() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "no folder");

    assertThatThrownBy(() -> new HeddleHome(file.resolve("home")).create())
        .isInstanceOf(LocalException.class)
        .hasMessageContaining("cannot write to " + file.resolve("home"))
        .hasMessageContaining("set HEDDLE_HOME to a folder that is");
  }

  @Test
  void homeThatIsAFileIsCalledOne() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "no folder");

    assertThatThrownBy(() -> new HeddleHome(file).create())
        .isInstanceOf(LocalException.class)
        .hasMessage(file + " is a file. Move it away, or set HEDDLE_HOME to a folder.");
    assertThat(file).hasContent("no folder");
  }

  @Test
  void databaseOfAnotherVersionIsLeftAlone() throws Exception {
    HeddleHome home = new HeddleHome(folder.resolve("home"));
    home.create();
    Path base = Files.createDirectories(folder.resolve("base"));
    Path data = Files.createDirectories(base.resolve("data"));
    Files.writeString(data.resolve("PG_VERSION"), "17\n");

    assertThatThrownBy(() -> Postgres.requireOwnVersion(data))
        .isInstanceOf(LocalException.class)
        .hasMessageContaining("written by PostgreSQL 17, and this Heddle has PostgreSQL 18");
    assertThat(data.resolve("PG_VERSION")).hasContent("17");
  }
}
