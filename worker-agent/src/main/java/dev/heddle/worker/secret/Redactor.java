package dev.heddle.worker.secret;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts the names of secrets in place of their values. A secret is found where it stands as it is,
 * or as JSON writes it; not where somebody has encoded it in another way.
 */
public final class Redactor {

  /** One secret may hold another. */
  private static final Comparator<Hidden> LONGEST_FIRST =
      Comparator.comparingInt((Hidden one) -> one.value().length()).reversed();

  /** Knows no secret. */
  public static final Redactor NONE = new Redactor(Map.of());

  /** Shorter values are words of any text, and hiding them would tell what they are. */
  static final int SHORTEST = 8;

  private record Hidden(String value, String shown) {}

  private final List<Hidden> hidden;

  private Redactor(List<Hidden> hidden) {
    this.hidden = hidden;
  }

  /**
   * @param secrets values by their names; those shorter than eight characters are not hidden
   */
  public Redactor(Map<String, String> secrets) {
    Map<String, String> values = new LinkedHashMap<>();
    secrets.forEach((name, value) -> {
      if (value.length() >= SHORTEST) {
        String shown = "[secret " + name + "]";
        values.putIfAbsent(value, shown);
        String json = JsonMapper.shared().writeValueAsString(value);
        values.putIfAbsent(json.substring(1, json.length() - 1), shown);
        // A value of several lines leaves a command line by line.
        value
            .lines()
            .filter(line -> line.length() >= SHORTEST)
            .forEach(line -> values.putIfAbsent(line, shown));
      }
    });
    hidden =
        values.entrySet().stream()
            .map(one -> new Hidden(one.getKey(), one.getValue()))
            .sorted(LONGEST_FIRST)
            .toList();
  }

  /** One that hides this as well; the value must not be a word of any text. */
  public Redactor and(String name, String value) {
    return new Redactor(
        Stream.concat(hidden.stream(), new Redactor(Map.of(name, value)).hidden.stream())
            .sorted(LONGEST_FIRST)
            .toList());
  }

  /** The text without its secrets. */
  public String redact(String text) {
    String shown = text;
    for (Hidden one : hidden) {
      shown = shown.replace(one.value(), one.shown());
    }
    return shown;
  }

  /** As {@link #redact(String)}, of text in UTF-8. */
  public byte[] redact(byte[] text) {
    if (hidden.isEmpty()) {
      return text;
    }
    String before = new String(text, StandardCharsets.UTF_8);
    String after = redact(before);
    return after.equals(before) ? text : after.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * How many characters of a text that goes on may be redacted and passed on, so that no secret is
   * cut in two.
   */
  public int safeLength(CharSequence text) {
    String all = text.toString();
    int safe = all.length();
    for (Hidden one : hidden) {
      String value = one.value();
      int longest = Math.min(value.length() - 1, all.length());
      for (int length = longest; length > all.length() - safe; length--) {
        if (all.startsWith(value.substring(0, length), all.length() - length)) {
          safe = all.length() - length;
          break;
        }
      }
    }
    return beforeWhole(all, safe);
  }

  /** A whole secret may end where the beginning of another one may be. */
  private int beforeWhole(String text, int cut) {
    for (Hidden one : hidden) {
      int from = Math.max(0, cut - one.value().length() + 1);
      int found = text.indexOf(one.value(), from);
      if (found >= 0 && found < cut) {
        return beforeWhole(text, found);
      }
    }
    return cut;
  }

  /** For text of which each character stands for a byte of UTF-8. */
  Redactor ofBytes() {
    return new Redactor(
        hidden.stream()
            .map(one ->
                new Hidden(
                    new String(
                        one.value().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1),
                    one.shown()))
            .toList());
  }

  /** The same stream without its secrets; what may be the beginning of one waits for the rest. */
  public InputStream redacted(InputStream stream) {
    return hidden.isEmpty() ? stream : new RedactedStream(stream, this);
  }
}
