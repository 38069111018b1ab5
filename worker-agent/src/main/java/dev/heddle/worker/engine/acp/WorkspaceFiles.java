package dev.heddle.worker.engine.acp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Files of one workspace for an agent that asks the client for them. Agents do that even where the
 * client has said that it offers none; then a refusal would make their edits fail. What leaves the
 * workspace, by {@code ..} or by a link, is refused, and so is git's own folder, whose hooks are
 * programs.
 */
final class WorkspaceFiles {

  /** More would have to pass as one line of JSON, and a model reads no such file whole. */
  static final int LIMIT_BYTES = 4 * 1024 * 1024;

  private static final String GIT = ".git";

  private final Path root;

  /**
   * @param root the workspace
   */
  WorkspaceFiles(Path root) {
    this.root = root;
  }

  /** Whether a path is in the workspace, and may be changed there. */
  boolean holds(String path) {
    try {
      resolve(path);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The text of a file.
   *
   * @param line the first to be read, from 1
   * @param lines how many are read at most
   * @throws IOException with what is wrong, for the agent
   */
  String read(String path, int line, int lines) throws IOException {
    Path file = resolve(path);
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(path, null, "is no file");
    }
    byte[] bytes;
    try (InputStream stream = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      bytes = stream.readNBytes(LIMIT_BYTES + 1);
    }
    if (bytes.length > LIMIT_BYTES) {
      throw new IOException(path + " is larger than " + LIMIT_BYTES + " bytes");
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (line <= 1 && lines == Integer.MAX_VALUE) {
      return text;
    }
    List<String> all = text.lines().skip(Math.max(0, line - 1L)).limit(lines).toList();
    return all.isEmpty() ? "" : String.join("\n", all) + "\n";
  }

  /**
   * Writes a file as a whole, with the folders that it needs.
   *
   * @throws IOException with what is wrong, for the agent
   */
  void write(String path, String content) throws IOException {
    Path file = resolve(path);
    Path folder = file.getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw new FileAlreadyExistsException(path, null, "is a folder");
    }
    Files.createDirectories(folder);
    Files.writeString(
        file,
        content,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE,
        // Between the look and this, the agent's own tools could have put a link there.
        LinkOption.NOFOLLOW_LINKS);
  }

  /** The real place of a path, all links followed as far as it is there. */
  private Path resolve(String path) throws IOException {
    Path real = root.toRealPath();
    Path wanted;
    try {
      wanted = root.resolve(path).normalize();
    } catch (InvalidPathException e) {
      throw new IOException("'%s' is no path".formatted(path), e);
    }
    Path there = wanted;
    while (there != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      there = there.getParent();
    }
    if (there == null) {
      throw new IOException(path + " is outside of the workspace");
    }
    // A link that leads nowhere throws here: what is written through it would be anywhere.
    Path found = there.toRealPath().resolve(there.relativize(wanted)).normalize();
    if (!found.startsWith(real) || found.equals(real)) {
      throw new IOException(path + " is outside of the workspace");
    }
    for (Path name : real.relativize(found)) {
      if (name.toString().equals(GIT)) {
        throw new IOException(path + " belongs to git");
      }
    }
    return found;
  }
}
