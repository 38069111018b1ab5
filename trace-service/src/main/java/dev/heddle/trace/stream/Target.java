package dev.heddle.trace.stream;

import java.util.UUID;

/** Whose events a stream carries. */
sealed interface Target {

  UUID id();

  record OfThread(UUID id) implements Target {}

  record OfSession(UUID id) implements Target {}
}
