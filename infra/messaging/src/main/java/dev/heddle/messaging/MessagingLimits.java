package dev.heddle.messaging;

import dev.heddle.contracts.Topic;

/** Sizes in bytes that producer, topics and parking agree on. */
final class MessagingLimits {

  /** Room for key, headers and framing beside the largest payload. */
  static final int TOPIC_MESSAGE_BYTES = Topic.MAX_RECORD_BYTES + 64 * 1024;

  static final int PARKED_PAYLOAD_BYTES = TOPIC_MESSAGE_BYTES;

  /** A parked record holds a whole payload in base64, a third longer. */
  static final int PARKED_MESSAGE_BYTES = PARKED_PAYLOAD_BYTES / 3 * 4 + 256 * 1024;

  private MessagingLimits() {}
}
