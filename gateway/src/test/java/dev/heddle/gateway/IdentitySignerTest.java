package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.heddle.security.Caller;
import dev.heddle.security.PemKeys;
import dev.heddle.testkit.SettableClock;
import dev.heddle.testkit.TestIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdentitySignerTest {
  private static final Caller ADA = new Caller("ada", Set.of("viewer", "admin"));

  private final SettableClock clock = SettableClock.at("2026-11-21T10:00:00Z");
  private final IdentitySigner signer =
      new IdentitySigner(
          PemKeys.privateKey("key", TestIdentity.gateway().privateKeyFile().toString()), clock);

  @Test
  void tokenServesForHalfItsLifeAndIsThenRenewed() throws Exception {
    String first = signer.tokenFor(ADA);
    clock.advance(IdentitySigner.LIFE.dividedBy(2).minusMillis(1));
    assertThat(signer.tokenFor(ADA)).isSameAs(first);

    clock.advance(Duration.ofMillis(1));
    String second = signer.tokenFor(ADA);

    assertThat(second).isNotEqualTo(first);
    assertThat(expiry(second)).isEqualTo(clock.instant().plus(IdentitySigner.LIFE));
  }

  @Test
  void callersNeverShareAToken() throws Exception {
    String ada = signer.tokenFor(ADA);
    String bob = signer.tokenFor(new Caller("bob", Set.of("viewer")));
    String demoted = signer.tokenFor(new Caller("ada", Set.of("viewer")));

    assertThat(SignedJWT.parse(bob).getJWTClaimsSet().getSubject()).isEqualTo("bob");
    assertThat(SignedJWT.parse(ada).getJWTClaimsSet().getStringListClaim("roles"))
        .containsExactly("admin", "viewer");
    assertThat(SignedJWT.parse(demoted).getJWTClaimsSet().getStringListClaim("roles"))
        .containsExactly("viewer");
  }

  private static Instant expiry(String token) throws Exception {
    return SignedJWT.parse(token).getJWTClaimsSet().getExpirationTime().toInstant();
  }
}
