package dev.heddle.messaging;

import dev.heddle.contracts.Topic;

/** Sizes in bytes that producer, topics and parking agree on. */
final class MessagingLimits {

  /** Room for key, headers and framing beside the largest payload. */
  static final int TOPIC_MESSAGE_BYTES = Topic.MAX_RECORD_BYTES + 64 * 1024;

  static final int PARKED_PAYLOAD_BYTES = TOPIC_MESSAGE_BYTES;

  /** Keys are ids; of a longer one the beginning tells enough. */
  static final int PARKED_KEY_CHARS = 4 * 1024;

  /** Of all headers together, names and values. */
  static final int PARKED_HEADER_CHARS = 24 * 1024;

  /** A reason is for people; what is longer repeats the payload. */
  static final int PARKED_REASON_CHARS = 2_000;

  /**
   * A parked record holds a whole payload in base64, a third longer; of the rest each character
   * takes six bytes at most, which is how JSON escapes the worst.
   */
  static final int PARKED_MESSAGE_BYTES =
      PARKED_PAYLOAD_BYTES / 3 * 4
          + 6 * (PARKED_KEY_CHARS + PARKED_HEADER_CHARS + PARKED_REASON_CHARS)
          + 64 * 1024;

  private MessagingLimits() {}
}
