package dev.heddle.worker.machine;

import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.Topics;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

/**
 * The settings of a worker; units and defaults are in application.yml.
 *
 * @param id how the machine is called; null for its host name
 * @param home everything that the worker keeps
 * @param labels pairs {@code name=value}
 * @param secrets the file of what engines may know; null for {@code secrets.yml} in the home
 * @param heartbeatInterval between two heartbeats
 * @param guardMargin how much earlier than its lease ends an engine is frozen; the lease itself is
 *     session-service's, and comes with each offer
 * @param claimResend when a claim without an answer is sent again
 * @param cancelGrace between SIGTERM and SIGKILL
 * @param drainTimeout how long runs may go on after the worker was told to stop
 * @param spoolLimit how much of one attempt may wait for the broker before its engine is held up
 */
@ConfigurationProperties("heddle.worker")
public record WorkerProperties(
    @Nullable String id,
    Path home,
    int slots,
    String pool,
    List<String> labels,
    @Nullable Path secrets,
    Duration heartbeatInterval,
    Duration guardMargin,
    Duration claimResend,
    Duration cancelGrace,
    Duration drainTimeout,
    DataSize spoolLimit) {

  /** A broker that has just come back may take a moment to answer. */
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(5);

  public WorkerProperties {
    labels = labels == null ? List.of() : List.copyOf(labels);
    machineId(id);
    labelMap(labels);
    check(!home.toString().isBlank(), "home", "must name a folder");
    check(slots >= 1 && slots <= 1_000, "slots", "must be 1 to 1000, but is " + slots);
    check(
        Topics.isPoolName(pool),
        "pool",
        "must be 1 to 63 characters of a-z 0-9 _ - and begin with a letter or digit, but is '%s'"
            .formatted(pool));
    atLeast(heartbeatInterval, Duration.ofMillis(100), "heartbeat-interval");
    // The guard looks for processes all over /proc before they stand still.
    atLeast(guardMargin, Duration.ofMillis(500), "guard-margin");
    atLeast(claimResend, Duration.ofMillis(100), "claim-resend");
    notNegative(cancelGrace, "cancel-grace");
    notNegative(drainTimeout, "drain-timeout");
    check(
        spoolLimit.toBytes() >= 1_048_576,
        "spool-limit",
        "must be at least 1MB, but is " + spoolLimit);
  }

  /** The configured name, or one made of the host name. */
  public MachineId machineId() {
    return machineId(id);
  }

  public Map<String, String> labelMap() {
    return labelMap(labels);
  }

  public GuardTimes guardTimes() {
    return new GuardTimes(heartbeatInterval, guardMargin);
  }

  /** After this time a heartbeat or a claim that the broker has not taken is of no use any more. */
  public Duration patience() {
    Duration five = heartbeatInterval.multipliedBy(5);
    return five.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : five;
  }

  private static MachineId machineId(@Nullable String id) {
    if (id == null || id.isBlank()) {
      return MachineId.ofHost(hostName());
    }
    try {
      return new MachineId(id);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "heddle.worker.id is '%s': %s".formatted(id, e.getMessage()));
    }
  }

  /** The name of this host; {@code worker} where it has none. */
  public static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "worker";
    }
  }

  private static Map<String, String> labelMap(List<String> labels) {
    Map<String, String> map = new TreeMap<>();
    for (String label : labels) {
      int equals = label.indexOf('=');
      check(
          equals > 0 && equals < label.length() - 1,
          "labels",
          "must be pairs name=value, but one is '%s'".formatted(label));
      map.put(label.substring(0, equals).strip(), label.substring(equals + 1).strip());
    }
    return map;
  }

  private static void atLeast(Duration value, Duration least, String key) {
    check(
        value.compareTo(least) >= 0, key, "must be at least %s, but is %s".formatted(least, value));
  }

  private static void notNegative(Duration value, String key) {
    check(!value.isNegative(), key, "must not be negative, but is " + value);
  }

  private static void check(boolean good, String key, String what) {
    if (!good) {
      throw new IllegalArgumentException("heddle.worker." + key + " " + what);
    }
  }
}
