package dev.heddle.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** What is in a jar. Its time tells nothing, because reproducible builds all have the same. */
final class JarContent {

  private static final int LENGTH = 16;

  private JarContent() {}

  /** Differs whenever an entry differs; read from the index, so that large jars take no time. */
  static String fingerprint(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      StringBuilder content = new StringBuilder();
      for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        content.append(entry.getName()).append(' ').append(entry.getSize()).append(' ');
        content.append(entry.getCrc()).append('\n');
      }
      return digest(content.toString());
    }
  }

  /** A short name for a text; another one for every other text. */
  static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
