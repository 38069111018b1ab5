package dev.heddle.gateway;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.http.ResponseCookie;

/**
 * What a signed-in browser carries instead of the token: when it ends, sealed with a key that is
 * made of the token. So nothing has to be stored, it outlives a restart, and a new token file ends
 * every one at once. Its name is made of the token as well, since browsers send the cookies of one
 * port of a host to all others: two Heddles on one machine must not overwrite each other's.
 */
final class BrowserCookie {
  static final Duration VALID = Duration.ofDays(30);

  private final LocalToken token;
  private final Clock clock;
  private final String name;

  BrowserCookie(LocalToken token, Clock clock) {
    this.token = token;
    this.clock = clock;
    this.name = "heddle-" + seal("name").substring(0, 8);
  }

  String name() {
    return name;
  }

  ResponseCookie make(boolean secure) {
    String until = Long.toString(clock.instant().plus(VALID).getEpochSecond());
    return cookie(until + "." + seal("until " + until), VALID, secure);
  }

  ResponseCookie clear(boolean secure) {
    return cookie("", Duration.ZERO, secure);
  }

  private ResponseCookie cookie(String value, Duration age, boolean secure) {
    return ResponseCookie.from(name, value)
        .httpOnly(true)
        .sameSite("Strict")
        .secure(secure)
        .path("/")
        .maxAge(age)
        .build();
  }

  /** Whether the request carries one that is still worth something. */
  boolean accepts(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies == null) {
      return false;
    }
    for (Cookie cookie : cookies) {
      if (cookie.getName().equals(name) && valid(cookie.getValue())) {
        return true;
      }
    }
    return false;
  }

  private boolean valid(String value) {
    int dot = value.indexOf('.');
    if (dot < 1) {
      return false;
    }
    String until = value.substring(0, dot);
    byte[] expected = seal("until " + until).getBytes(StandardCharsets.US_ASCII);
    byte[] sealed = value.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
    try {
      return MessageDigest.isEqual(expected, sealed)
          && clock.instant().isBefore(Instant.ofEpochSecond(Long.parseLong(until)));
    } catch (NumberFormatException | DateTimeException e) {
      return false;
    }
  }

  private String seal(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(token.cookieKey(), "HmacSHA256"));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
