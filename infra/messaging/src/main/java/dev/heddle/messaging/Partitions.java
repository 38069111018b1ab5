package dev.heddle.messaging;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Utils;

/** Which partition a key belongs to, for those that read only their own. */
public final class Partitions {

  private Partitions() {}

  /** The choice of Kafka's default partitioner: murmur2 of the UTF-8 key, positive, modulo. */
  public static int of(String key, int partitionCount) {
    return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitionCount;
  }
}
