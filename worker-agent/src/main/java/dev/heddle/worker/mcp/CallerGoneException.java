package dev.heddle.worker.mcp;

/** The engine has closed the connection of a call that it waited for. */
final class CallerGoneException extends Exception {

  CallerGoneException() {
    super("the engine waits for it no more");
  }
}
