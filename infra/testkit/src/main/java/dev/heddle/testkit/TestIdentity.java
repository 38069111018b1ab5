package dev.heddle.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * Stands in for the gateway: holds a key pair and signs what the gateway would put on a request.
 * {@link #gateway()} is the one that the services under test trust.
 */
public final class TestIdentity {

  private static final Duration LIFETIME = Duration.ofMinutes(5);
  private static final TestIdentity GATEWAY = new TestIdentity();

  private final KeyPair keys;
  private final Path folder;

  private TestIdentity() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      keys = generator.generateKeyPair();
      folder = Files.createTempDirectory("heddle-test-identity");
      // Before its files, since the JVM deletes the last first.
      folder.toFile().deleteOnExit();
      write("public.pem", "PUBLIC KEY", keys.getPublic().getEncoded());
      write("private.pem", "PRIVATE KEY", keys.getPrivate().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no RSA in this JVM", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write test keys", e);
    }
  }

  /** The gateway of this JVM. */
  public static TestIdentity gateway() {
    return GATEWAY;
  }

  /** Somebody with a key of their own, whom no service trusts. */
  public static TestIdentity stranger() {
    return new TestIdentity();
  }

  /** The value of an {@code Authorization} header for a user with the role {@code operator}. */
  public static String bearer(String user) {
    return GATEWAY.bearer(user, "operator");
  }

  /** The value of an {@code Authorization} header. */
  public String bearer(String user, String... roles) {
    return "Bearer " + token(user, Set.of(roles), Clock.systemUTC().instant(), LIFETIME);
  }

  /**
   * A signed JWT as the gateway makes it.
   *
   * @param issuedAt when it becomes valid; in the past for one that has expired
   */
  public String token(String user, Set<String> roles, Instant issuedAt, Duration lifetime) {
    String roleList =
        new TreeSet<>(roles).stream().map(TestIdentity::quoted).collect(Collectors.joining(","));
    return sign(
        "{\"iss\":\"heddle-gateway\",\"aud\":\"heddle\",\"sub\":%s,\"roles\":[%s],\"iat\":%d,\"exp\":%d}"
            .formatted(
                quoted(user),
                roleList,
                issuedAt.getEpochSecond(),
                issuedAt.plus(lifetime).getEpochSecond()));
  }

  /** Signs any claims, for tokens that a service must refuse. */
  public String sign(String claims) {
    String content = base64("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + base64(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(keys.getPrivate());
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      return content
          + "."
          + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign", e);
    }
  }

  /** A PEM file (X.509) with the public key. */
  public Path publicKeyFile() {
    return folder.resolve("public.pem");
  }

  /** A PEM file (PKCS#8) with the private key. */
  public Path privateKeyFile() {
    return folder.resolve("private.pem");
  }

  /** Makes a service trust this identity. */
  public void register(DynamicPropertyRegistry registry) {
    registry.add("heddle.security.gateway-public-key", () -> "file:" + publicKeyFile());
  }

  private void write(String name, String kind, byte[] key) throws IOException {
    Path file = folder.resolve(name);
    file.toFile().deleteOnExit();
    Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(
                kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key), kind));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String base64(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
