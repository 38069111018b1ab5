package dev.heddle.gateway;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** The one bearer token of local mode, from its file; only its hash stays in memory. */
final class LocalToken {
  private static final Logger log = LoggerFactory.getLogger(LocalToken.class);
  private static final String KEY = "heddle.gateway.token-file";
  private static final int RANDOM_BYTES = 32;
  private static final int SHORTEST = 32;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final byte[] hash;

  private LocalToken(String token) {
    this.hash = sha256(token);
  }

  /**
   * Reads the token, after making the file (256 random bits, mode 600) if there is none.
   *
   * @param location a path or a {@code file:} URL
   */
  static LocalToken load(String location) {
    try {
      Path file = location.startsWith("file:") ? Path.of(URI.create(location)) : Path.of(location);
      if (!Files.exists(file)) {
        create(file.toAbsolutePath());
      }
      closeToOthers(file);
      String token = Files.readString(file).strip();
      if (token.length() < SHORTEST) {
        throw invalid(location, "holds a token of less than " + SHORTEST + " characters");
      }
      return new LocalToken(token);
    } catch (IOException | IllegalArgumentException e) {
      throw invalid(location, "cannot be read or made (" + e + ")");
    }
  }

  /** Compares in a time that tells nothing about the token, not even its length. */
  boolean matches(String candidate) {
    return MessageDigest.isEqual(hash, sha256(candidate));
  }

  /** The key of what the token stands behind in a browser; it tells nothing about the token. */
  byte[] cookieKey() {
    return sha256("cookie " + HexFormat.of().formatHex(hash));
  }

  /** Names a secret without telling it. */
  static String fingerprint(String secret) {
    return HexFormat.of().formatHex(sha256(secret));
  }

  /** A link appears with its whole content or not at all, and never replaces another's. */
  private static void create(Path file) throws IOException {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Path folder = file.getParent();
    if (folder == null) {
      throw new IOException("no folder to hold it");
    }
    Files.createDirectories(folder);
    Path draft =
        Files.createTempFile(
            folder, ".token", "", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    try {
      Files.writeString(draft, token + "\n");
      Files.createLink(file, draft);
      log.atInfo().addKeyValue("file", file).log("token file made");
    } catch (FileAlreadyExistsException e) {
      log.atDebug().addKeyValue("file", file).log("token file was made by another meanwhile");
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static void closeToOthers(Path file) throws IOException {
    if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      Files.setPosixFilePermissions(file, OWNER_ONLY);
      log.atWarn()
          .addKeyValue("file", file)
          .log("token file was open to others and is closed now; make a new token");
    }
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static InvalidConfigurationPropertyValueException invalid(
      String location, String reason) {
    return new InvalidConfigurationPropertyValueException(
        KEY, location, "The file of " + KEY + " " + reason + ".");
  }
}
