package dev.heddle.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;

/** The broker's own process: formats its storage once, then serves until it is told to stop. */
public final class BrokerMain {

  private BrokerMain() {}

  /**
   * Starts the broker.
   *
   * @param arguments the configuration file and the cluster's id
   */
  public static void main(String[] arguments) throws IOException {
    Path configuration = Path.of(arguments[0]);
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(configuration)) {
      properties.load(in);
    }
    Path formatted = Path.of(properties.getProperty("log.dirs")).resolve("meta.properties");
    if (!Files.exists(formatted)) {
      int exit =
          StorageTool.execute(
              new String[] {
                "format", "-t", arguments[1], "-c", configuration.toString(), "--ignore-formatted"
              },
              System.out);
      if (exit != 0) {
        System.exit(exit);
      }
    }
    Kafka.main(new String[] {configuration.toString()});
  }
}
