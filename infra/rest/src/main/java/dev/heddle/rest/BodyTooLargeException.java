package dev.heddle.rest;

import java.io.IOException;

/** The client sent more bytes than the door accepts. */
public final class BodyTooLargeException extends IOException {
  private final long limitBytes;

  public BodyTooLargeException(long limitBytes) {
    super("the body has more than " + limitBytes + " bytes");
    this.limitBytes = limitBytes;
  }

  /** The largest accepted body. */
  public long limitBytes() {
    return limitBytes;
  }
}
