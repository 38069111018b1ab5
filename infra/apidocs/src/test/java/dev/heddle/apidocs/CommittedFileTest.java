package dev.heddle.apidocs;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommittedFileTest {

  private static final String NAME = "infra/apidocs/target/committed.txt";

  private final Path file = CommittedFile.root().resolve(NAME);

  @BeforeEach
  @AfterEach
  void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  @Test
  void saysWhichCommandWritesAFileThatIsNotThere() {
    assertThatThrownBy(() -> CommittedFile.at(NAME).mustBe("a\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(NAME)
        .hasMessageContaining("./heddle apidocs");
  }

  @Test
  void saysWhereAFileDiffers() throws IOException {
    Files.writeString(file, "a\nold\n");

    assertThatCode(() -> CommittedFile.at(NAME).mustBe("a\nold\n")).doesNotThrowAnyException();
    assertThatThrownBy(() -> CommittedFile.at(NAME).mustBe("a\nnew\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("committed: old")
        .hasMessageContaining("generated: new")
        .hasMessageContaining("./heddle apidocs");
    assertThatThrownBy(() -> CommittedFile.at(NAME).mustBe("a\n"))
        .hasMessageContaining("generated: (nothing more)");
  }
}
