package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.gateway.GatewayProperties.Rate;
import dev.heddle.rest.ProblemWriter;
import dev.heddle.security.Caller;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import tools.jackson.databind.json.JsonMapper;

class RateLimitFilterTest {
  private final RateLimitFilter filter =
      new RateLimitFilter(new Rate(1, 3), new ProblemWriter(JsonMapper.shared()));

  @AfterEach
  void signOut() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void burstPassesAndWhatFollowsIsToldToWait() throws Exception {
    for (int n = 0; n < 3; n++) {
      assertThat(status("10.0.0.1", "/api/threads")).isEqualTo(200);
    }

    MockHttpServletResponse refused = send("10.0.0.1", "/api/threads");

    assertThat(refused.getStatus()).isEqualTo(429);
    assertThat(refused.getHeader("Retry-After")).isEqualTo("1");
    assertThat(refused.getContentType()).isEqualTo("application/problem+json");
    assertThat(refused.getContentAsString()).contains("\"code\":\"rate_limited\"");
  }

  @Test
  void addressesAndCallersHaveBucketsOfTheirOwn() throws Exception {
    for (int n = 0; n < 3; n++) {
      assertThat(status("10.0.0.1", "/api/threads")).isEqualTo(200);
    }
    assertThat(status("10.0.0.1", "/api/threads")).isEqualTo(429);
    assertThat(status("10.0.0.2", "/api/threads")).isEqualTo(200);

    signIn("ada");
    for (int n = 0; n < 3; n++) {
      assertThat(status("10.0.0.1", "/api/threads")).isEqualTo(200);
    }
    assertThat(status("10.0.0.9", "/api/threads")).isEqualTo(429);
    signIn("bob");
    assertThat(status("10.0.0.1", "/api/threads")).isEqualTo(200);
  }

  @Test
  void probesAreNeverTurnedAway() throws Exception {
    for (int n = 0; n < 10; n++) {
      assertThat(status("10.0.0.1", "/actuator/health/liveness")).isEqualTo(200);
    }
  }

  private static void signIn(String name) {
    SecurityContextHolder.getContext()
        .setAuthentication(new TestingAuthenticationToken(new Caller(name, Set.of("admin")), null));
  }

  private int status(String address, String path) throws Exception {
    return send(address, path).getStatus();
  }

  private MockHttpServletResponse send(String address, String path) throws Exception {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", path);
    request.setRemoteAddr(address);
    MockHttpServletResponse response = new MockHttpServletResponse();
    filter.doFilter(request, response, new MockFilterChain());
    return response;
  }
}
