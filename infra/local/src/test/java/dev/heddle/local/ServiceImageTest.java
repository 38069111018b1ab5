package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceImageTest {

  @TempDir Path folder;

  /** What the laid-out jar runs: shows that its own classes and its libraries are found. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws IOException {
      for (String resource : new String[] {"/own.txt", "/library.txt", "/contracts.txt"}) {
        System.out.write(Program.class.getResourceAsStream(resource).readAllBytes());
      }
      System.out.flush();
    }
  }

  @Test
  void laidOutJarRunsWithItsLibraries() throws Exception {
    Path executable = executable("one ");

    ServiceImage image = ServiceImage.of(executable, folder.resolve("images"));

    assertThat(run(image)).isEqualTo("one library contracts ");
    assertThat(folder.resolve("images/lib/library-1.0.jar")).exists();
  }

  @Test
  void nextBuildHasItsOwnImageAndLeavesTheOldOneWhole() throws Exception {
    ServiceImage old = ServiceImage.of(executable("one "), folder.resolve("images"));
    FileTime time = Files.getLastModifiedTime(folder.resolve("some-service-exec.jar"));
    Path rebuilt = executable("two ");
    // Reproducible builds give every jar the same time, and often the same size.
    Files.setLastModifiedTime(rebuilt, time);

    ServiceImage next = ServiceImage.of(rebuilt, folder.resolve("images"));

    assertThat(run(old)).isEqualTo("one library contracts ");
    assertThat(run(next)).isEqualTo("two library contracts ");
  }

  @Test
  void secondLaunchReusesTheImage() throws Exception {
    Path executable = executable("one ");
    ServiceImage first = ServiceImage.of(executable, folder.resolve("images"));
    FileTime made = Files.getLastModifiedTime(first.jar());

    assertThat(ServiceImage.of(executable, folder.resolve("images"))).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(first.jar())).isEqualTo(made);
    try (Stream<Path> images = Files.list(folder.resolve("images"))) {
      assertThat(images.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.contains("next"));
    }
  }

  @Test
  void severalWorkersMayLayOutTheSameJarAtOnce() throws Exception {
    Path executable = executable("one ");
    CountDownLatch begin = new CountDownLatch(1);
    List<Future<ServiceImage>> images = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(8)) {
      for (int index = 0; index < 8; index++) {
        images.add(
            executor.submit(() -> {
              begin.await();
              return ServiceImage.of(executable, folder.resolve("images"));
            }));
      }
      begin.countDown();
      for (Future<ServiceImage> image : images) {
        assertThat(image.get()).isEqualTo(images.getFirst().get());
      }
    }
    assertThat(run(images.getFirst().get())).isEqualTo("one library contracts ");
  }

  @Test
  void missingJarSaysHowToBuildIt() {
    assertThatThrownBy(
            () -> ServiceImage.of(folder.resolve("gateway-exec.jar"), folder.resolve("images")))
        .hasMessageContaining("heddle build");
  }

  private String run(ServiceImage image) throws Exception {
    Process process =
        new ProcessBuilder(Programs.java(), "-jar", image.jar().toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private Path executable(String own) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(new Attributes.Name("Start-Class"), Program.class.getName());
    Path jar = folder.resolve("some-service-exec.jar");
    String program = Program.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      put(out, "BOOT-INF/classes/", new byte[0]);
      put(
          out,
          "BOOT-INF/classes/" + program,
          Program.class.getResourceAsStream("/" + program).readAllBytes());
      put(out, "BOOT-INF/classes/own.txt", own.getBytes(StandardCharsets.UTF_8));
      put(out, "BOOT-INF/lib/library-1.0.jar", library("library"));
      put(out, "BOOT-INF/lib/contracts-0.1.0-SNAPSHOT.jar", library("contracts"));
    }
    return jar;
  }

  private static byte[] library(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream out = new JarOutputStream(bytes)) {
      put(out, name + ".txt", (name + " ").getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static void put(JarOutputStream out, String name, byte[] content) throws IOException {
    out.putNextEntry(new JarEntry(name));
    out.write(content);
    out.closeEntry();
  }
}
