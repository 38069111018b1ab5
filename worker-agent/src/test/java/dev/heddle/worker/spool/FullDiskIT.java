package dev.heddle.worker.spool;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.contracts.TraceId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A spool on a small file system of its own that another file has filled. */
@Timeout(60)
class FullDiskIT {

  private static final int RECORDS = 200;

  @TempDir Path disk;
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private boolean mounted;
  private Spools spools;
  private Spool spool;
  private Path filler;

  @BeforeEach
  void fill() throws Exception {
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        "only root may mount the small file system that this test fills");
    assertThat(exitOf("mount", "-t", "tmpfs", "-o", "size=512k", "heddle-test", disk.toString()))
        .isZero();
    mounted = true;
    spools =
        new Spools(
            disk.resolve("spool"),
            (topic, key, payload, done) -> {
              taken.add(new String(payload, StandardCharsets.UTF_8).strip());
              done.accept(null);
            },
            10_000_000);
    spool = spools.open("a", TraceId.random());
    filler = disk.resolve("filler");
    try (OutputStream out = Files.newOutputStream(filler)) {
      out.write(new byte[500 * 1024]);
    } catch (IOException e) {
      // Filled to the last page.
    }
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      spools.close();
      assertThat(exitOf("umount", "--lazy", disk.toString())).isZero();
    }
  }

  @Test
  void whatTheDiskRefusesWaitsForSpaceAndArrivesInOrder() throws Exception {
    Thread writer = write();
    await().atMost(10, SECONDS).until(() -> writer.getState() == Thread.State.TIMED_WAITING);
    assertThat(taken).hasSizeLessThan(RECORDS);

    Files.delete(filler);

    spool.delivered().get(30, SECONDS);
    assertThat(taken)
        .isEqualTo(
            IntStream.rangeClosed(0, RECORDS)
                .mapToObj(number -> number == RECORDS ? "end" : Integer.toString(number))
                .toList());
  }

  @Test
  void whoHasNothingToReportAnyMoreDoesNotWait() throws Exception {
    Thread writer = write();
    await().atMost(10, SECONDS).until(() -> writer.getState() == Thread.State.TIMED_WAITING);

    spool.seal();

    assertThat(writer.join(Duration.ofSeconds(10))).isTrue();
    spool.delivered().get(10, SECONDS);
  }

  /** More than the disk holds, from a thread that the spool may hold up. */
  private Thread write() {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          for (int number = 0; number < RECORDS; number++) {
            // Of odd sizes, so that the disk is full in the middle of one.
            String text = number + " ".repeat(900 + number % 7 * 31);
            spool.trace("t", text.getBytes(StandardCharsets.UTF_8));
          }
          spool.last("s", "end".getBytes(StandardCharsets.UTF_8));
        });
  }

  private static int exitOf(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
