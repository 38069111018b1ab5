package dev.heddle.worker.spool;

import org.jspecify.annotations.Nullable;

/** Hands records to the broker, those of one topic and key in the order of the calls. */
public interface RecordSender {

  /**
   * Sends under the trace of the caller's log scope; {@code done} is called once, with null when
   * the broker has it. May block.
   */
  void send(String topic, String key, byte[] payload, Done done);

  /** What became of a record. */
  @FunctionalInterface
  interface Done {
    void accept(@Nullable Exception failure);
  }
}
