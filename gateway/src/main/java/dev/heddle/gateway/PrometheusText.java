package dev.heddle.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads figures from Prometheus' text format 0.0.4, as services answer it.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition
 *     formats</a>
 */
final class PrometheusText {

  /** One figure of one moment. */
  record Figure(String name, Map<String, String> labels, double value) {}

  /** Possessive throughout: no line, however long, makes it try twice. */
  private static final Pattern LINE =
      Pattern.compile(
          "([a-zA-Z_:][\\w:]*+)(?:\\{((?:[^\"}]|\"(?:[^\"\\\\]|\\\\.)*+\")*+)})?+"
              + " ++(\\S++)(?: ++-?\\d++)?+");

  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_]\\w*+)=\"((?:[^\"\\\\]|\\\\.)*+)\"");

  private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");

  private PrometheusText() {}

  /**
   * The figures whose name begins with the prefix. What is no number (a gauge that has none yet) is
   * left out, as is a line that cannot be read: one strange figure must not hide the others.
   */
  static List<Figure> read(String text, String prefix) {
    List<Figure> figures = new ArrayList<>();
    text.lines()
        .filter(line -> line.startsWith(prefix))
        .forEach(line -> {
          Matcher parts = LINE.matcher(line);
          if (parts.matches()) {
            double value = number(parts.group(3));
            if (Double.isFinite(value)) {
              String labels = parts.group(2);
              figures.add(
                  new Figure(parts.group(1), labels == null ? Map.of() : labels(labels), value));
            }
          }
        });
    return figures;
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new TreeMap<>();
    Matcher label = LABEL.matcher(text);
    while (label.find()) {
      labels.put(label.group(1), unescaped(label.group(2)));
    }
    return labels;
  }

  private static String unescaped(String text) {
    return text.indexOf('\\') < 0
        ? text
        : ESCAPED
            .matcher(text)
            .replaceAll(found ->
                Matcher.quoteReplacement(found.group(1).equals("n") ? "\n" : found.group(1)));
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      // +Inf, -Inf, or nothing that a number could be.
      return Double.NaN;
    }
  }
}
