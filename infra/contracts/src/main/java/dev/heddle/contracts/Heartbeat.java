package dev.heddle.contracts;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The last word of a machine, every few seconds, on {@link Topics#WORKER_HEARTBEATS}. It registers
 * the machine, renews its leases and lets session-service reconcile what the two believe.
 *
 * @param hostId made once per installation; tells two hosts with the same machine id apart
 * @param incarnation rises with every start of the worker
 * @param sequence from 1, rises by one within an incarnation
 * @param sentAt the worker's clock, for people only: leases are never timed by it
 * @param slots how many sessions it runs at once
 * @param held every claim that it waits on or runs; absence means that it has given it up
 */
public record Heartbeat(
    MachineId machineId,
    String hostId,
    String hostName,
    long incarnation,
    long sequence,
    Instant sentAt,
    MachineState state,
    String pool,
    Map<String, String> labels,
    int slots,
    List<EngineInfo> engines,
    List<HeldClaim> held,
    String version)
    implements Keyed {

  public Heartbeat {
    labels = Map.copyOf(Objects.requireNonNullElse(labels, Map.of()));
    engines = List.copyOf(Objects.requireNonNullElse(engines, List.of()));
    held = List.copyOf(Objects.requireNonNullElse(held, List.of()));
  }

  /** The machine. */
  @Override
  public String key() {
    return machineId.value();
  }

  /**
   * An engine of the machine, as it was found when it was last looked at.
   *
   * @param version null where it could not be asked, or has not been yet
   * @param unavailable why it cannot start there, so that it is not offered; null where it can
   * @param models which it says that sessions may name; null where it lists none
   */
  public record EngineInfo(
      String name,
      @Nullable String version,
      @Nullable String unavailable,
      @Nullable List<String> models) {

    public EngineInfo {
      models = models == null || models.isEmpty() ? null : List.copyOf(models);
    }

    /** One that can start, and lists no models. */
    public EngineInfo(String name, @Nullable String version) {
      this(name, version, null, null);
    }

    /** Whether sessions can have it. */
    public boolean offered() {
      return unavailable == null;
    }
  }

  /**
   * A claim in the worker's hands.
   *
   * @param granted whether the worker has seen the grant; false while it waits for the answer
   */
  public record HeldClaim(ClaimId claimId, SessionId sessionId, int attempt, boolean granted) {}
}
