package dev.heddle.worker.engine;

/**
 * Cuts the bytes of one stream of a process into lines, and lines that are too long into parts. A
 * line ends with LF, CR LF, or CR alone, as progress bars write it. Safe for use by two threads:
 * one that reads, one that flushes.
 */
public final class OutputLines {

  /** The most bytes in one part. */
  static final int PART_BYTES = 32 * 1024;

  /** Takes a part of a line; {@code bytes} counts what the process wrote, its line end included. */
  public interface Sink {
    void part(String text, int part, boolean more, boolean cleaned, int bytes);
  }

  private final Sink sink;
  private final byte[] buffer = new byte[PART_BYTES];
  private int size;
  private int part;
  private boolean afterReturn;

  public OutputLines(Sink sink) {
    this.sink = sink;
  }

  public synchronized void feed(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      byte next = bytes[i];
      boolean second = afterReturn && next == '\n';
      afterReturn = next == '\r';
      if (second) {
        continue;
      }
      if (next == '\n' || next == '\r') {
        emit(true, 1);
      } else {
        if (size == buffer.length) {
          emit(false, 0);
        }
        buffer[size++] = next;
      }
    }
  }

  /** Whether a line has begun that has not been passed on up to its last byte. */
  public synchronized boolean hasOpenPart() {
    return size > 0;
  }

  /** Passes on what there is of a line whose end is still to come. */
  public synchronized void flush() {
    if (size > 0) {
      emit(false, 0);
    }
  }

  /** Passes on a last line that has no line end. */
  public synchronized void end() {
    if (size > 0 || part > 0) {
      emit(true, 0);
    }
  }

  private void emit(boolean last, int lineEnd) {
    CleanText clean = CleanText.of(buffer, size, last);
    int consumed = clean.consumed();
    boolean cleaned = clean.cleaned();
    String text = clean.text();
    if (!last && consumed == 0) {
      if (size < buffer.length) {
        return;
      }
      // A whole part of nothing but an unfinished sequence cannot be; take it as it is.
      clean = CleanText.of(buffer, size, true);
      consumed = size;
      text = clean.text();
      cleaned = clean.cleaned();
    }
    int rest = size - consumed;
    System.arraycopy(buffer, consumed, buffer, 0, rest);
    size = rest;
    int number = part;
    part = last ? 0 : part + 1;
    if (last || !text.isEmpty()) {
      sink.part(text, number, !last, cleaned, consumed + lineEnd);
    } else {
      part = number;
    }
  }
}
