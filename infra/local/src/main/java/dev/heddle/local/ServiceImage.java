package dev.heddle.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A service's executable jar, laid out for running: its own classes in one jar, its libraries
 * beside it. It starts faster than the nested jar, can have an ahead-of-time cache, and stays whole
 * while the next build replaces the jar that it came from.
 *
 * @param jar the jar to run
 */
record ServiceImage(Path jar) {

  /** Where the cache for starting it is, or will be. */
  Path startCache() {
    return jar.resolveSibling("start" + StartCaches.suffix());
  }

  private static final String CLASSES = "BOOT-INF/classes/";
  private static final String LIBRARIES = "BOOT-INF/lib/";

  /**
   * Lays out an executable jar.
   *
   * @param executable the jar that the build made
   * @param images where images are kept; each state of the jar has its own
   */
  static ServiceImage of(Path executable, Path images) {
    if (!Files.isRegularFile(executable)) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT,
          executable + " is missing. Build it with './heddle build'.");
    }
    try {
      String name = executable.getFileName().toString().replace("-exec.jar", "");
      String state = JarContent.fingerprint(executable);
      Path image = images.resolve(name + "-" + state);
      Path jar = image.resolve(name + ".jar");
      if (!Files.exists(jar)) {
        Files.createDirectories(images.resolve("lib"));
        Path next =
            Files.createTempDirectory(images, name + "-next-" + ProcessHandle.current().pid());
        layOut(executable, next, images.resolve("lib"), name);
        publish(next, image);
      }
      // By this time it is known when it was last used.
      Files.setLastModifiedTime(image, FileTime.from(Instant.now()));
      return new ServiceImage(jar);
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT,
          "cannot lay out " + executable + " in " + images + ": " + e + ". Is the disk full?",
          e);
    }
  }

  private static void layOut(Path executable, Path target, Path shared, String name)
      throws IOException {
    List<String> libraries = new ArrayList<>();
    try (JarFile source = new JarFile(executable.toFile())) {
      Manifest made = source.getManifest();
      String start = made == null ? null : made.getMainAttributes().getValue("Start-Class");
      if (start == null) {
        throw new IOException("it names no Start-Class, so it is not an executable jar");
      }
      Manifest manifest = new Manifest();
      for (Enumeration<JarEntry> entries = source.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        if (entry.getName().startsWith(LIBRARIES) && !entry.isDirectory()) {
          libraries.add(library(source, entry, target, shared));
        }
      }
      manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
      manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, start);
      manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", libraries));
      try (OutputStream out = Files.newOutputStream(target.resolve(name + ".jar"));
          JarOutputStream classes = new JarOutputStream(out, manifest)) {
        for (Enumeration<JarEntry> entries = source.entries(); entries.hasMoreElements(); ) {
          JarEntry entry = entries.nextElement();
          if (entry.getName().startsWith(CLASSES) && entry.getName().length() > CLASSES.length()) {
            classes.putNextEntry(new JarEntry(entry.getName().substring(CLASSES.length())));
            try (InputStream in = source.getInputStream(entry)) {
              in.transferTo(classes);
            }
            classes.closeEntry();
          }
        }
      }
    }
  }

  /** Released libraries never change and are shared; our own modules belong to one image. */
  private static String library(JarFile source, JarEntry entry, Path target, Path shared)
      throws IOException {
    String name = entry.getName().substring(LIBRARIES.length());
    boolean own = name.contains("-SNAPSHOT");
    Path file = (own ? target : shared).resolve(name);
    if (!Files.exists(file) || Files.size(file) != entry.getSize()) {
      Path next = Files.createTempFile(target, "library", ".next");
      try (InputStream in = source.getInputStream(entry)) {
        Files.copy(in, next, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    return own ? name : "../lib/" + name;
  }

  private static void publish(Path next, Path image) throws IOException {
    try {
      Files.move(next, image, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(image)) {
        throw e;
      }
      // Another launcher, or another worker of this one, has just laid out the same state.
      Folders.delete(next);
    }
  }
}
