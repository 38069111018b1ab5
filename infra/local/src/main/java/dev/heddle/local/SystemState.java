package dev.heddle.local;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What runs in a home, as its launcher last wrote it down; the way back after the launcher was
 * killed.
 *
 * @param launch id of the launch, carried by each of its processes in its environment
 * @param launcher the process that supervises the others
 * @param phase how far the launch is
 * @param startedAt when the launch began
 * @param port the gateway's port
 * @param size what was asked for; null in what an older version wrote
 * @param parts every process, in the order in which they were started
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SystemState(
    String launch,
    ProcessIdentity launcher,
    Phase phase,
    Instant startedAt,
    int port,
    @Nullable LaunchSize size,
    List<Part> parts) {

  /** The time of the file when it is known to be outdated. */
  private static final FileTime OUTDATED = FileTime.fromMillis(0);

  static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** How far a launch is. */
  public enum Phase {
    STARTING,
    READY,
    STOPPING
  }

  /** What one process is doing. */
  public enum Condition {
    /** Started, not yet ready. */
    STARTING,
    /** Ready when last looked at. */
    READY,
    /** Died, and waits for its next start. */
    RESTARTING,
    /** Ended on request. */
    STOPPED
  }

  /**
   * One process of the system.
   *
   * @param name such as {@code thread-service} or {@code worker-1}
   * @param process its identity; null while it is not running
   * @param port the port it listens on
   * @param log its log file
   * @param condition what it is doing
   * @param restarts how often it was started again since the launch
   * @param lastEnd how and when it last died; null if it never did
   * @param signal the signal that ends it in an orderly way
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Part(
      String name,
      @Nullable ProcessIdentity process,
      int port,
      String log,
      Condition condition,
      int restarts,
      @Nullable String lastEnd,
      String signal) {}

  /** The gateway's address. */
  @JsonIgnore
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** True while the launcher itself is alive. */
  @JsonIgnore
  public boolean supervised() {
    return launcher.alive();
  }

  /** The port of a part; empty if there is no such part. */
  public Optional<Part> part(String name) {
    return parts.stream().filter(part -> part.name().equals(name)).findFirst();
  }

  /** What the home's last launcher wrote; empty after an orderly stop, or if nothing ever ran. */
  public static Optional<SystemState> read(HeddleHome home) {
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(home.state()), SystemState.class));
    } catch (AccessDeniedException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT,
          home.root()
              + " belongs to another user. Run this as that user, or set HEDDLE_HOME to a folder of"
              + " your own.",
          e);
    } catch (IOException | JacksonException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether the launcher could not write down what came after, mostly since the disk is full; what
   * {@link #read} gives is then older than what happens.
   */
  public static boolean outdated(HeddleHome home) {
    try {
      return Files.getLastModifiedTime(home.state()).equals(OUTDATED);
    } catch (IOException e) {
      return false;
    }
  }

  /** Where it cannot be written, what is there is marked as outdated, which takes no space. */
  void write(HeddleHome home) {
    Path next = home.run().resolve("state.json.next");
    try {
      Files.write(next, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
      Files.move(
          next, home.state(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      markOutdated(home);
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot write " + home.state() + ": " + e, e);
    }
  }

  private static void markOutdated(HeddleHome home) {
    try {
      Files.setLastModifiedTime(home.state(), OUTDATED);
    } catch (IOException e) {
      // There is nothing that could be outdated, or nothing can be done about it.
    }
  }

  static void erase(HeddleHome home) {
    try {
      Files.deleteIfExists(home.state());
    } catch (IOException e) {
      throw new LocalException(
          LocalException.Kind.ENVIRONMENT, "cannot remove " + home.state() + ": " + e, e);
    }
  }
}
