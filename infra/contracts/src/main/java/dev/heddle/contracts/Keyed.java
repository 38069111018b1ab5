package dev.heddle.contracts;

/** A record that knows its key, so that a reader can tell one that strayed to another partition. */
public interface Keyed {

  /** The key of the Kafka record; what has the same key stays in order. */
  String key();
}
