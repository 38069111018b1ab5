package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

  @TempDir Path folder;
  private HeddleHome home;

  @BeforeEach
  void makeHome() {
    home = new HeddleHome(folder.resolve("home"));
    home.create();
  }

  @Test
  void tokenIs256RandomBitsAndStaysTheSame() {
    String token = new Secrets(home).token();

    assertThat(token).matches("[0-9a-f]{64}");
    assertThat(new Secrets(home).token()).isEqualTo(token);
    assertThat(new Secrets(home).password("thread")).isNotEqualTo(token);
  }

  @Test
  void everySecretIsReadableByItsOwnerOnly() throws Exception {
    Secrets secrets = new Secrets(home);
    secrets.token();
    secrets.password("thread");

    for (Path file :
        new Path[] {
          home.token(), home.secrets().resolve("postgres-thread"), secrets.signingKey()
        }) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(file.toString())
          .isEqualTo("rw-------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.secrets())))
        .isEqualTo("rwx------");
  }

  @Test
  void publicKeyVerifiesWhatTheSigningKeySigns() throws Exception {
    Secrets secrets = new Secrets(home);
    KeyFactory rsa = KeyFactory.getInstance("RSA");
    PrivateKey signing = rsa.generatePrivate(new PKCS8EncodedKeySpec(pem(secrets.signingKey())));
    PublicKey verifying = rsa.generatePublic(new X509EncodedKeySpec(pem(secrets.publicKey())));
    byte[] text = "heddle".getBytes(StandardCharsets.UTF_8);

    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(signing);
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(verifying);
    signature.update(text);

    assertThat(signature.verify(signed)).isTrue();
  }

  private static byte[] pem(Path file) throws Exception {
    String body = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
    return Base64.getMimeDecoder().decode(body);
  }
}
