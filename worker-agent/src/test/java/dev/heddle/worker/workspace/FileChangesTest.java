package dev.heddle.worker.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.SessionFact.FileChange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileChangesTest {

  @TempDir Path folder;

  /** As git tells of files that were added, each with one line. */
  private List<FileChange> added(List<String> names) throws IOException {
    StringBuilder told = new StringBuilder();
    names.forEach(
        name -> told.append(":000000 100644 0000000 5626abf A\0").append(name).append('\0'));
    names.forEach(name -> told.append("1\t0\t").append(name).append('\0'));
    Path list = folder.resolve("list");
    Files.write(list, told.toString().getBytes(StandardCharsets.UTF_8));
    return FileChanges.read(list);
  }

  @Test
  void aNameIsReadAsItIsWritten() throws IOException {
    assertThat(added(List.of("grün\t1.txt")))
        .containsExactly(new FileChange("grün\t1.txt", "A", 1, 0));
  }

  @Test
  void noMoreAreToldThanAPersonReadsAndARecordTakes() throws IOException {
    List<String> many = IntStream.range(0, 301).mapToObj(i -> i + ".txt").toList();
    assertThat(added(many)).hasSize(300).last().extracting(FileChange::path).isEqualTo("299.txt");
    List<String> longer = IntStream.range(0, 100).mapToObj(i -> "x".repeat(1_000) + i).toList();
    List<FileChange> told = added(longer);
    assertThat(told.stream().mapToInt(one -> JsonSize.sizeOf(one.path()) + 80).sum())
        .isBetween(59 * 1024, 60 * 1024);
  }
}
