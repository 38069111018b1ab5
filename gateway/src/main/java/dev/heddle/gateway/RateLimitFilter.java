package dev.heddle.gateway;

import dev.heddle.gateway.GatewayProperties.Rate;
import dev.heddle.rest.Problem;
import dev.heddle.rest.ProblemWriter;
import dev.heddle.security.Caller;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Slows down whoever sends too fast: each caller by name, anyone else by address. */
final class RateLimitFilter extends OncePerRequestFilter {
  /** An attacker with many addresses must not fill the memory; the idlest bucket goes first. */
  private static final int MOST_BUCKETS = 10_000;

  private final Rate rate;
  private final ProblemWriter problems;
  private final Lock lock = new ReentrantLock();
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST_BUCKETS;
        }
      };

  RateLimitFilter(Rate rate, ProblemWriter problems) {
    this.rate = rate;
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    // A probe that is turned away would restart a gateway that is merely busy.
    return request.getRequestURI().startsWith("/actuator/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    ConsumptionProbe probe = bucketOf(request).tryConsumeAndReturnRemaining(1);
    if (probe.isConsumed()) {
      chain.doFilter(request, response);
      return;
    }
    problems.write(
        request,
        response,
        new Problem(
                GatewayError.RATE_LIMITED,
                "At most %d requests a second, after a burst of %d; slow down."
                    .formatted(rate.perSecond(), rate.burst()))
            .retryAfter(Duration.ofNanos(probe.getNanosToWaitForRefill())));
  }

  private Bucket bucketOf(HttpServletRequest request) {
    Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
    String key =
        authentication != null && authentication.getPrincipal() instanceof Caller caller
            ? "caller " + caller.name()
            : "address " + request.getRemoteAddr();
    lock.lock();
    try {
      return buckets.computeIfAbsent(key, k -> newBucket());
    } finally {
      lock.unlock();
    }
  }

  private Bucket newBucket() {
    return Bucket.builder()
        .addLimit(limit ->
            limit.capacity(rate.burst()).refillGreedy(rate.perSecond(), Duration.ofSeconds(1)))
        .build();
  }
}
