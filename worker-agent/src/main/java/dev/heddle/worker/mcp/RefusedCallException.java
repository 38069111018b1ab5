package dev.heddle.worker.mcp;

/** A tool was called with what it cannot take; the message tells the model what to do instead. */
final class RefusedCallException extends Exception {

  RefusedCallException(String message) {
    super(message);
  }
}
