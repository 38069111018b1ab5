package dev.heddle.security;

import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.List;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** Builds the decoder that accepts the gateway's tokens and nothing else. */
final class TokenVerifier {
  private TokenVerifier() {}

  static JwtDecoder decoder(RSAPublicKey key) {
    // The algorithm is fixed here: what a token's header says can neither turn the signature off
    // nor make the public key serve as an HMAC secret.
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withPublicKey(key).signatureAlgorithm(SignatureAlgorithm.RS256).build();
    JwtTimestampValidator times = new JwtTimestampValidator(IdentityToken.CLOCK_SKEW);
    times.setAllowEmptyExpiryClaim(false);
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            List.of(
                times,
                new JwtIssuerValidator(IdentityToken.ISSUER),
                TokenVerifier::audience,
                TokenVerifier::life,
                TokenVerifier::subject)));
    return decoder;
  }

  private static OAuth2TokenValidatorResult audience(Jwt token) {
    List<String> audience = token.getAudience();
    return audience != null && audience.contains(IdentityToken.AUDIENCE)
        ? OAuth2TokenValidatorResult.success()
        : refused("The aud claim is not " + IdentityToken.AUDIENCE);
  }

  private static OAuth2TokenValidatorResult life(Jwt token) {
    Instant issued = token.getIssuedAt();
    Instant expires = token.getExpiresAt();
    return issued != null
            && expires != null
            && !expires.isAfter(issued.plus(IdentityToken.LONGEST_LIFE))
        ? OAuth2TokenValidatorResult.success()
        : refused("The token has no iat, or lives for too long");
  }

  private static OAuth2TokenValidatorResult subject(Jwt token) {
    String subject = token.getClaimAsString(JwtClaimNames.SUB);
    return subject != null && !subject.isBlank()
        ? OAuth2TokenValidatorResult.success()
        : refused("The sub claim is missing");
  }

  private static OAuth2TokenValidatorResult refused(String why) {
    return OAuth2TokenValidatorResult.failure(
        new OAuth2Error(OAuth2ErrorCodes.INVALID_TOKEN, why, null));
  }
}
