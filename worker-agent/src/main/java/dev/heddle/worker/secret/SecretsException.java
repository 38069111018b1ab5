package dev.heddle.worker.secret;

/** The file of secrets cannot be used; the message says why, and what to do, but no secret. */
public final class SecretsException extends Exception {

  SecretsException(String message) {
    super(message);
  }
}
