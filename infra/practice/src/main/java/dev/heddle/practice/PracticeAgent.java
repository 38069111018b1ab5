package dev.heddle.practice;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Speaks the Agent Client Protocol, version 1, on its standard streams, until its input ends.
 *
 * <p>Environment: {@code HEDDLE_PRACTICE_HOME} is the folder of its conversations, by default
 * {@code .heddle/practice} in the home of its user; {@code HEDDLE_PRACTICE_PACE} how many
 * milliseconds it takes for a word, by default 40.
 */
public final class PracticeAgent {

  static final String NAME = "practice";
  static final String VERSION = "1.0.0";

  private static final String USUAL_PACE = "40";

  private PracticeAgent() {}

  public static void main(String[] arguments) throws IOException {
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    if (arguments.length > 0 && arguments[0].equals("--version")) {
      out.write((NAME + " " + VERSION + "\n").getBytes(StandardCharsets.UTF_8));
      return;
    }
    Map<String, String> environment = System.getenv();
    Path home =
        Path.of(
            environment.getOrDefault(
                "HEDDLE_PRACTICE_HOME",
                Path.of(System.getProperty("user.home"), ".heddle", "practice").toString()));
    long pace = Long.parseLong(environment.getOrDefault("HEDDLE_PRACTICE_PACE", USUAL_PACE));
    Client client = new Client(out);
    Sessions sessions = new Sessions(client, home, Duration.ofMillis(pace), PracticeAgent::crash);
    client.serve(new FileInputStream(FileDescriptor.in), sessions);
  }

  /** As a program that fails does. */
  private static void crash(String reason) {
    try (OutputStream errors = new FileOutputStream(FileDescriptor.err)) {
      errors.write((reason + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // Nobody listens; the exit code says it as well.
    }
    Runtime.getRuntime().halt(3);
  }
}
