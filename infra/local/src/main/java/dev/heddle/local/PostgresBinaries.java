package dev.heddle.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The PostgreSQL programs, unpacked once from the archive on the class path. */
final class PostgresBinaries {

  /** Also the name of the folder, so that another version is unpacked beside it. */
  static final String VERSION = "18.6";

  private PostgresBinaries() {}

  /** The folder that holds {@code bin/postgres}; unpacked if it does not exist yet. */
  static Path unpack(Path parent) {
    Path target = parent.resolve("postgresql-" + VERSION);
    if (Files.isExecutable(target.resolve("bin/postgres"))) {
      return target;
    }
    String archive = archive(Programs.platform());
    Path next = parent.resolve("postgresql-" + VERSION + ".next");
    try (InputStream packed = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
      if (packed == null) {
        throw unsupported();
      }
      Folders.delete(next);
      Files.createDirectories(next);
      extract(packed, next);
      Folders.delete(target);
      Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
      return target;
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT,
          "cannot unpack PostgreSQL into " + target + ": " + e + ". Is the disk full?",
          e);
    }
  }

  private static String archive(String platform) {
    return switch (platform) {
      case "linux-amd64" -> "postgres-linux-x86_64.txz";
      case "linux-aarch64" -> "postgres-linux-arm_64.txz";
      case "darwin-x86_64" -> "postgres-darwin-x86_64.txz";
      case "darwin-aarch64" -> "postgres-darwin-arm_64.txz";
      default -> throw unsupported();
    };
  }

  private static LocalException unsupported() {
    return new LocalException(
        LocalException.Kind.ENVIRONMENT,
        "no PostgreSQL programs for "
            + Programs.platform()
            + " in this build. Linux and macOS on amd64 and arm64 are covered; build Heddle on the"
            + " machine on which it is to run.");
  }

  private static void extract(InputStream packed, Path target) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new XZCompressorInputStream(new BufferedInputStream(packed, 1 << 16)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
          throw new IOException("the archive leads outside its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
          continue;
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, file);
          boolean program = (entry.getMode() & 0100) != 0;
          Files.setPosixFilePermissions(
              file, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
  }
}
