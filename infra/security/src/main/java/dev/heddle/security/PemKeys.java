package dev.heddle.security;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Reads RSA keys from PEM files; what is wrong is said with the name of the setting. */
public final class PemKeys {
  private static final int SHORTEST_MODULUS_BITS = 2_048;

  private PemKeys() {}

  /**
   * An X.509 public key ({@code BEGIN PUBLIC KEY}).
   *
   * @param property the setting that holds the location
   * @param location a path or a {@code file:} URL
   */
  public static RSAPublicKey publicKey(String property, String location) {
    byte[] der = der(property, location, "PUBLIC KEY");
    try {
      var key =
          (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der));
      return longEnough(property, location, key);
    } catch (GeneralSecurityException e) {
      throw invalid(property, location, "is not an RSA public key (" + e.getMessage() + ")");
    }
  }

  /**
   * A PKCS#8 private key ({@code BEGIN PRIVATE KEY}).
   *
   * @param property the setting that holds the location
   * @param location a path or a {@code file:} URL
   */
  public static RSAPrivateCrtKey privateKey(String property, String location) {
    byte[] der = der(property, location, "PRIVATE KEY");
    try {
      return (RSAPrivateCrtKey)
          KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException e) {
      throw invalid(property, location, "is not an RSA private key in PKCS#8");
    }
  }

  /** The public half of a private key. */
  public static RSAPublicKey publicHalf(String property, RSAPrivateCrtKey key) {
    try {
      var half =
          (RSAPublicKey)
              KeyFactory.getInstance("RSA")
                  .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
      return longEnough(property, "the key", half);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has RSA", e);
    }
  }

  private static RSAPublicKey longEnough(String property, String location, RSAPublicKey key) {
    if (key.getModulus().bitLength() < SHORTEST_MODULUS_BITS) {
      throw invalid(
          property, location, "is an RSA key of less than " + SHORTEST_MODULUS_BITS + " bits");
    }
    return key;
  }

  private static byte[] der(String property, String location, String label) {
    if (location.isBlank()) {
      throw invalid(property, location, "is not set; it is the location of a PEM file");
    }
    String pem = read(property, location);
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    int from = pem.indexOf(begin);
    int to = pem.indexOf(end);
    if (from < 0 || to < from) {
      throw invalid(property, location, "has no '" + begin + "'");
    }
    try {
      return Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
    } catch (IllegalArgumentException e) {
      throw invalid(property, location, "is damaged: the PEM text is not Base64");
    }
  }

  private static String read(String property, String location) {
    try {
      Path path = location.startsWith("file:") ? Path.of(URI.create(location)) : Path.of(location);
      return Files.readString(path);
    } catch (IOException | IllegalArgumentException e) {
      throw invalid(property, location, "cannot be read (" + e + ")");
    }
  }

  private static InvalidConfigurationPropertyValueException invalid(
      String property, String location, String reason) {
    return new InvalidConfigurationPropertyValueException(
        property, location, "The file of " + property + " " + reason + ".");
  }
}
