package dev.heddle.worker.engine.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Cuts the bytes of a stream into lines and reads each as a JSON object. Whatever a line begins
 * with, it is read as JSON: engines print words of their own between their messages.
 */
final class JsonLines {

  /** Numbers keep all their digits, since what an engine asked is sent back to it. */
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final int FIRST_BYTES = 8 * 1024;

  private final JsonProcess.Handler handler;
  private final int limit;
  private byte[] line = new byte[FIRST_BYTES];
  private int size;

  /** Of a line beyond the limit; 0 while the line fits. */
  private long skipped;

  JsonLines(JsonProcess.Handler handler, int limit) {
    this.handler = handler;
    this.limit = limit;
  }

  void feed(byte[] bytes, int length) {
    int start = 0;
    while (start < length) {
      int end = start;
      while (end < length && bytes[end] != '\n') {
        end++;
      }
      append(bytes, start, end - start);
      if (end < length) {
        end();
      }
      start = end + 1;
    }
  }

  /** A last line without a line end counts: the process may have died right behind it. */
  void end() {
    if (skipped > 0) {
      long whole = size + skipped;
      reset();
      handler.overlong(whole);
      return;
    }
    int length = size;
    byte[] bytes = line;
    reset();
    pass(bytes, length);
  }

  private void append(byte[] bytes, int start, int length) {
    if (skipped > 0 || size + (long) length > limit) {
      skipped += length;
      return;
    }
    if (size + length > line.length) {
      line = Arrays.copyOf(line, (int) Math.min(limit, Math.max(2L * line.length, size + length)));
    }
    System.arraycopy(bytes, start, line, size, length);
    size += length;
  }

  private void reset() {
    // One long line should not hold its memory for the rest of a run.
    if (line.length > 16 * FIRST_BYTES) {
      line = new byte[FIRST_BYTES];
    }
    size = 0;
    skipped = 0;
  }

  private void pass(byte[] bytes, int length) {
    JsonNode node = read(bytes, length);
    String raw = new String(bytes, 0, length, StandardCharsets.UTF_8);
    if (node != null) {
      handler.message(node, raw);
    } else if (!raw.isBlank()) {
      handler.noise(raw);
    }
  }

  private static @Nullable JsonNode read(byte[] bytes, int length) {
    try {
      JsonNode node = MAPPER.readTree(bytes, 0, length);
      return node.isObject() ? node : null;
    } catch (JacksonException e) {
      return null;
    }
  }
}
