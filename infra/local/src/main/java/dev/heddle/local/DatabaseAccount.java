package dev.heddle.local;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As whom PostgreSQL runs. It refuses root, so that a root launcher lends it the powerless system
 * account {@code nobody}; anyone else runs it as themselves.
 *
 * @param borrowed the account's entry when it is not the launcher's own
 */
record DatabaseAccount(@Nullable Entry borrowed) {

  /** One line of the account file. */
  record Entry(String name, int uid, int gid) {}

  private static final List<String> POWERLESS = List.of("nobody", "daemon");

  static DatabaseAccount choose() {
    if (currentUid() != 0) {
      return new DatabaseAccount(null);
    }
    if (!Programs.onPath("setpriv")) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT,
          "PostgreSQL does not run as root, and the program setpriv that would lend it another"
              + " account is missing. Install util-linux, or run Heddle as an ordinary user.");
    }
    try {
      List<String> lines = Files.readAllLines(Path.of("/etc/passwd"));
      for (String name : POWERLESS) {
        for (String line : lines) {
          String[] fields = line.split(":", -1);
          if (fields.length > 3 && fields[0].equals(name)) {
            return new DatabaseAccount(
                new Entry(name, Integer.parseInt(fields[2]), Integer.parseInt(fields[3])));
          }
        }
      }
    } catch (IOException e) {
      throw new LocalException(LocalException.Kind.ENVIRONMENT, "cannot read /etc/passwd: " + e, e);
    }
    throw new LocalException(
        LocalException.Kind.ENVIRONMENT,
        "PostgreSQL does not run as root, and there is no account 'nobody' to lend it. Run Heddle"
            + " as an ordinary user.");
  }

  /** The command, run as this account with no other group and no capability. */
  List<String> command(List<String> command) {
    Entry entry = borrowed;
    if (entry == null) {
      return command;
    }
    List<String> wrapped =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + entry.uid(),
                "--regid=" + entry.gid(),
                "--clear-groups",
                "--inh-caps=-all",
                "--no-new-privs"));
    wrapped.addAll(command);
    return wrapped;
  }

  /** Gives a folder and all that is in it to this account. */
  void own(Path folder) throws IOException {
    Entry entry = borrowed;
    if (entry == null) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            chown(path, entry);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            chown(path, entry);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** True if this account can come to a folder through all of its parents. */
  boolean reaches(Path folder) {
    if (borrowed == null) {
      return true;
    }
    for (Path parent = folder; parent != null; parent = parent.getParent()) {
      try {
        if (Files.exists(parent)
            && !Files.getPosixFilePermissions(parent)
                .contains(PosixFilePermission.OTHERS_EXECUTE)) {
          return false;
        }
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  private static void chown(Path path, Entry entry) throws IOException {
    Files.setAttribute(path, "unix:uid", entry.uid(), java.nio.file.LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", entry.gid(), java.nio.file.LinkOption.NOFOLLOW_LINKS);
  }

  private static int currentUid() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      return System.getProperty("user.name", "").equals("root") ? 0 : 1;
    }
  }
}
