package dev.heddle.local;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The class path of this process, fit for a child that lives longer than the next build. */
final class OwnClassPath {

  private OwnClassPath() {}

  /**
   * Absolute, with our own jars copied: a build replaces them in place, and a JVM whose jar changes
   * under it fails at the next class that it loads.
   *
   * @param images where the copies are kept; each state of a jar has its own
   */
  static String lasting(Path images) {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.isEmpty()) {
        Path path = Path.of(entry).toAbsolutePath().normalize();
        String name = path.getFileName().toString();
        boolean replaced = name.contains("-SNAPSHOT") && !path.startsWith(images);
        entries.add((replaced ? copy(path, name, images) : path).toString());
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  /**
   * Where the cache for starting a process with this class path is, or will be; null where there
   * can be none, because the JVM makes one for jars only.
   *
   * @param name of the process
   */
  static @Nullable Path startCache(Path images, String name, String classPath) {
    StringBuilder content = new StringBuilder();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      // The JVM compares sizes and times of the jars with those that it wrote down.
      File file = new File(entry);
      if (file.isDirectory()) {
        return null;
      }
      content.append(entry).append(' ').append(file.length()).append(' ');
      content.append(file.lastModified()).append('\n');
    }
    return images.resolve(
        name + "-" + JarContent.digest(content.toString()) + StartCaches.suffix());
  }

  private static Path copy(Path jar, String name, Path images) {
    try {
      Files.createDirectories(images);
      Path copy =
          images.resolve(name.replace(".jar", "") + "-" + JarContent.fingerprint(jar) + ".jar");
      if (!Files.exists(copy)) {
        Path next = Files.createTempFile(images, name, ".next");
        Files.copy(jar, next, StandardCopyOption.REPLACE_EXISTING);
        Files.move(next, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
      return copy;
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT,
          "cannot copy " + jar + " to " + images + ": " + e + ". Is the disk full?",
          e);
    }
  }
}
