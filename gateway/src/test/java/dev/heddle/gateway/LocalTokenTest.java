package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTokenTest {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";

  @TempDir Path folder;

  @Test
  void missingFileIsMadeForItsOwnerWith256Bits() throws Exception {
    Path file = folder.resolve("deeper/token");

    LocalToken token = LocalToken.load(file.toUri().toString());

    String made = Files.readString(file).strip();
    assertThat(made).hasSize(43);
    assertThat(token.matches(made)).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(file.getParent()).isDirectoryNotContaining("glob:**/.token*");
  }

  @Test
  void existingTokenIsKept() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "  " + TOKEN + "\n");

    assertThat(LocalToken.load(file.toString()).matches(TOKEN)).isTrue();
    assertThat(Files.readString(file)).isEqualTo("  " + TOKEN + "\n");
  }

  @Test
  void onlyTheWholeTokenMatches() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), TOKEN);
    LocalToken token = LocalToken.load(file.toString());

    for (String wrong : List.of("", TOKEN + "x", TOKEN.substring(1), TOKEN.replace('f', 'g'))) {
      assertThat(token.matches(wrong)).as(wrong).isFalse();
    }
  }

  @Test
  void fileThatOthersCouldReadIsClosed() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), TOKEN);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    LocalToken.load(file.toString());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void gatewaysThatStartTogetherAgreeOnOneToken() throws Exception {
    Path file = folder.resolve("token");
    CyclicBarrier start = new CyclicBarrier(8);
    List<Future<LocalToken>> loaded = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < 8; n++) {
        Callable<LocalToken> load =
            () -> {
              start.await();
              return LocalToken.load(file.toString());
            };
        loaded.add(threads.submit(load));
      }
    }

    String token = Files.readString(file).strip();
    Set<Boolean> agree = new HashSet<>();
    for (Future<LocalToken> one : loaded) {
      agree.add(one.get().matches(token));
    }
    assertThat(agree).containsExactly(true);
  }

  @Test
  void shortTokenIsRefusedByTheNameOfTheSetting() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "secret");

    assertThatThrownBy(() -> LocalToken.load(file.toString()))
        .hasMessageContaining("heddle.gateway.token-file")
        .hasMessageContaining("less than 32 characters");
  }
}
