package dev.heddle.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** Makes each secret at its first use and keeps it in a file that only its owner may read. */
final class Secrets {

  private static final int BITS = 256;

  private final HeddleHome home;
  private final SecureRandom random = new SecureRandom();

  Secrets(HeddleHome home) {
    this.home = home;
  }

  /** The token of the user {@code local}: 256 random bits. */
  String token() {
    return random(home.token());
  }

  /** A password for one database role. */
  String password(String role) {
    return random(home.secrets().resolve("postgres-" + role));
  }

  /** The key with which the gateway signs; for the gateway alone. */
  Path signingKey() {
    keyPair();
    return home.secrets().resolve("gateway.key");
  }

  /** The key with which the services verify the gateway. */
  Path publicKey() {
    keyPair();
    return home.secrets().resolve("gateway.pub");
  }

  private synchronized void keyPair() {
    Path privateKey = home.secrets().resolve("gateway.key");
    Path publicKey = home.secrets().resolve("gateway.pub");
    if (Files.exists(privateKey) && Files.exists(publicKey)) {
      return;
    }
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048, random);
      KeyPair pair = generator.generateKeyPair();
      write(publicKey, pem("PUBLIC KEY", pair.getPublic().getEncoded()));
      write(privateKey, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has RSA", e);
    }
  }

  private static String pem(String type, byte[] encoded) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(encoded);
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }

  private synchronized String random(Path file) {
    try {
      Optional<String> kept = WholeFile.read(file);
      if (kept.isPresent()) {
        return kept.get();
      }
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot read " + file + ": " + e, e);
    }
    byte[] bits = new byte[BITS / 8];
    random.nextBytes(bits);
    String value = HexFormat.of().formatHex(bits);
    write(file, value + "\n");
    return value;
  }

  private static void write(Path file, String text) {
    try {
      WholeFile.write(file, text);
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot write " + file + ": " + e, e);
    }
  }
}
