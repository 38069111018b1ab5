package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {

  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");
  private static final Instant OLD = NOW.minus(Duration.ofHours(2));

  @TempDir Path images;

  @BeforeEach
  void layOut() throws Exception {
    image("gateway-1", "../lib/used.jar");
    image("gateway-2", "../lib/old.jar");
    image("gateway-3", "../lib/new.jar");
    for (String name : new String[] {"used.jar", "old.jar", "new.jar"}) {
      Files.createDirectories(images.resolve("lib"));
      touch(Files.writeString(images.resolve("lib").resolve(name), "library"), OLD);
    }
    touch(Files.writeString(images.resolve("kafka-1.aot"), "cache"), OLD);
    touch(images.resolve("gateway-3"), NOW.minus(Duration.ofMinutes(5)));
  }

  @Test
  void onlyWhatNobodyUsesAndNobodyUsedLatelyIsRemoved() throws Exception {
    Images.prune(images, "java -jar " + images.resolve("gateway-1/gateway.jar"), NOW);

    assertThat(images.resolve("gateway-1/gateway.jar")).exists();
    assertThat(images.resolve("gateway-2")).doesNotExist();
    assertThat(images.resolve("gateway-3/gateway.jar")).exists();
    assertThat(images.resolve("kafka-1.aot")).doesNotExist();
    assertThat(images.resolve("lib")).isDirectoryContaining("glob:**/used.jar");
    assertThat(images.resolve("lib")).isDirectoryContaining("glob:**/new.jar");
    assertThat(images.resolve("lib")).isDirectoryNotContaining("glob:**/old.jar");
  }

  @Test
  void whatThisMachineRunsIsSeen() throws Exception {
    Process user =
        new ProcessBuilder("sh", "-c", "sleep 60; : " + images.resolve("gateway-2")).start();
    try {
      Images.prune(images);
    } finally {
      user.destroyForcibly().waitFor();
    }

    assertThat(images.resolve("gateway-1")).doesNotExist();
    assertThat(images.resolve("gateway-2")).exists();
  }

  private void image(String name, String libraries) throws Exception {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, libraries);
    Path folder = Files.createDirectories(images.resolve(name));
    new JarOutputStream(Files.newOutputStream(folder.resolve("gateway.jar")), manifest).close();
    touch(folder, OLD);
  }

  private static void touch(Path file, Instant time) throws Exception {
    Files.setLastModifiedTime(file, FileTime.from(time));
  }
}
