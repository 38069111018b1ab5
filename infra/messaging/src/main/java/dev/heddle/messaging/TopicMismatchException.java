package dev.heddle.messaging;

/** A topic on the broker has another number of partitions than the contracts declare. */
public final class TopicMismatchException extends RuntimeException {

  TopicMismatchException(String topic, int declared, int found) {
    super(
        "topic %s has %d partitions on the broker, but %d are declared; the order of keys depends on the count, so it is never changed: use a fresh cluster, or move the records to a new topic"
            .formatted(topic, found, declared));
  }
}
