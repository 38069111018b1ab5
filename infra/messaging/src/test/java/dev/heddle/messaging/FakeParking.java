package dev.heddle.messaging;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Keeps what was parked. */
final class FakeParking implements Parking {

  record Parked(long offset, String code, String reason) {}

  final List<Parked> parked = new ArrayList<>();

  @Override
  public void park(ConsumerRecord<String, byte[]> record, String code, String reason) {
    parked.add(new Parked(record.offset(), code, reason));
  }
}
