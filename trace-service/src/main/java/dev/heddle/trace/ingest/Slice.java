package dev.heddle.trace.ingest;

import dev.heddle.trace.log.Entry;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Records of one partition that follow each other.
 *
 * @param expected the offset that must be stored as the next one, or the slice is not ours
 * @param next the offset that will be
 */
record Slice(int partition, long expected, long next, List<Read> reads) {

  /** A record and what it says. */
  record Read(ConsumerRecord<String, byte[]> record, Entry entry) {}

  Slice firstHalf() {
    List<Read> half = reads.subList(0, reads.size() / 2);
    return new Slice(partition, expected, half.getLast().record().offset() + 1, half);
  }

  Slice secondHalf() {
    return new Slice(
        partition, firstHalf().next(), next, reads.subList(reads.size() / 2, reads.size()));
  }
}
