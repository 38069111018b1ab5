package dev.heddle.trace.log;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Replaces what is valid in JSON but refused by PostgreSQL: U+0000, and surrogates without their
 * other half.
 */
final class CleanText {

  private static final char REPLACEMENT = '\uFFFD';
  private static final JsonMapper MAPPER = new JsonMapper();

  private CleanText() {}

  /**
   * A payload that has no such character.
   *
   * @param changed whether it had one
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Payload(byte[] bytes, boolean changed) {}

  /**
   * The payload with each such character replaced by U+FFFD.
   *
   * @throws tools.jackson.core.JacksonException where the payload is no JSON
   */
  static Payload clean(byte[] payload) {
    if (!isSuspect(payload)) {
      return new Payload(payload, false);
    }
    JsonNode tree = MAPPER.readTree(payload);
    return clean(tree)
        ? new Payload(MAPPER.writeValueAsBytes(tree), true)
        : new Payload(payload, false);
  }

  /** Whether any escape or byte sequence may be one to replace; cheap, and wrong only that way. */
  private static boolean isSuspect(byte[] payload) {
    for (int i = 0; i + 1 < payload.length; i++) {
      if (payload[i] == '\\' && payload[i + 1] == 'u' && i + 5 < payload.length) {
        boolean nul = payload[i + 2] == '0' && payload[i + 3] == '0' && payload[i + 4] == '0';
        boolean surrogate = payload[i + 2] == 'd' || payload[i + 2] == 'D';
        if (nul || surrogate) {
          return true;
        }
      } else if (payload[i] == (byte) 0xED && (payload[i + 1] & 0xFF) >= 0xA0) {
        return true;
      }
    }
    return false;
  }

  private static boolean clean(JsonNode node) {
    boolean changed = false;
    if (node instanceof ObjectNode object) {
      for (var property : object.properties()) {
        if (property.getValue() instanceof StringNode string) {
          String text = string.stringValue();
          String clean = clean(text);
          if (!clean.equals(text)) {
            property.setValue(StringNode.valueOf(clean));
            changed = true;
          }
        } else {
          changed |= clean(property.getValue());
        }
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        if (array.get(i) instanceof StringNode string) {
          String clean = clean(string.stringValue());
          if (!clean.equals(string.stringValue())) {
            array.set(i, StringNode.valueOf(clean));
            changed = true;
          }
        } else {
          changed |= clean(array.get(i));
        }
      }
    }
    return changed;
  }

  private static String clean(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (c == 0 || Character.isSurrogate(c)) {
        if (clean == null) {
          clean = new StringBuilder(text);
        }
        clean.setCharAt(i, REPLACEMENT);
      }
    }
    return clean == null ? text : clean.toString();
  }
}
