package dev.heddle.worker.workspace;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names of files as git lists them with {@code -z}, relative to the top of a work tree. Each is
 * read byte for byte, since a name need not be text.
 */
final class FileList {

  private FileList() {}

  static Set<String> read(Path list) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    String text = Files.readString(list, StandardCharsets.ISO_8859_1);
    int start = 0;
    for (int end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0', start)) {
      names.add(text.substring(start, end));
      start = end + 1;
    }
    return names;
  }

  static void write(Collection<String> names, Path list) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(list))) {
      for (String name : names) {
        out.write(name.getBytes(StandardCharsets.ISO_8859_1));
        out.write(0);
      }
    }
  }

  /**
   * Takes away what is no file of this work tree: what is gone, folders of other repositories and
   * submodules, what lies behind a link, and what is too large or may not be read. What Java cannot
   * spell stays.
   *
   * @return how many were too large or unreadable
   */
  static int keepFiles(Set<String> names, Path top, long limitBytes) throws IOException {
    Map<Path, Boolean> real = new HashMap<>();
    int[] leftOut = {0};
    names.removeIf(name -> {
      Path file = pathOf(top, name);
      if (file == null) {
        return false;
      }
      BasicFileAttributes found = isReal(file.getParent(), top, real) ? attributes(file) : null;
      if (found == null || !(found.isRegularFile() || found.isSymbolicLink())) {
        return true;
      }
      if (found.isRegularFile() && (found.size() > limitBytes || !Files.isReadable(file))) {
        leftOut[0]++;
        return true;
      }
      return false;
    });
    return leftOut[0];
  }

  /** Null where Java cannot spell it, in the locale of this process; git can. */
  private static @Nullable Path pathOf(Path top, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (!Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))) {
      return null;
    }
    try {
      return top.resolve(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static boolean isReal(@Nullable Path folder, Path top, Map<Path, Boolean> known) {
    if (folder == null || folder.equals(top)) {
      return folder != null;
    }
    Boolean before = known.get(folder);
    if (before != null) {
      return before;
    }
    boolean real =
        isReal(folder.getParent(), top, known)
            && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
    known.put(folder, real);
    return real;
  }

  private static @Nullable BasicFileAttributes attributes(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      // It is gone, or in a folder that may not be entered.
      return null;
    }
  }
}
