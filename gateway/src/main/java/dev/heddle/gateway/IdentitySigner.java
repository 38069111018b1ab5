package dev.heddle.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.heddle.security.Caller;
import dev.heddle.security.IdentityToken;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Signs who is calling, for the services. A signature costs about a millisecond, so a token serves
 * for the first half of its life.
 */
final class IdentitySigner {
  static final Duration LIFE = Duration.ofMinutes(2);

  private record Signed(String token, Instant renewAt) {}

  private final RSASSASigner signer;
  private final Clock clock;
  private final ConcurrentMap<Caller, Signed> current = new ConcurrentHashMap<>();

  IdentitySigner(PrivateKey key, Clock clock) {
    this.signer = new RSASSASigner(key);
    this.clock = clock;
  }

  /** A token for the caller that is valid for at least half of {@link #LIFE}. */
  String tokenFor(Caller caller) {
    Instant now = clock.instant();
    return current
        .compute(
            caller,
            (who, last) -> last != null && now.isBefore(last.renewAt()) ? last : sign(who, now))
        .token();
  }

  private Signed sign(Caller caller, Instant now) {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(IdentityToken.ISSUER)
            .audience(IdentityToken.AUDIENCE)
            .subject(caller.name())
            .claim(IdentityToken.ROLES, new TreeSet<>(caller.roles()).stream().toList())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(LIFE)))
            .build();
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).type(JOSEObjectType.JWT).build(), claims);
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("the signing key does not sign", e);
    }
    return new Signed(token.serialize(), now.plus(LIFE.dividedBy(2)));
  }
}
