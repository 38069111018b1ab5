package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one process answers to Prometheus, as far as it is about Heddle. */
final class Scrape {

  /** One family of samples; labels without those that make a histogram. */
  record Family(String type, Set<String> labels) {}

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Pattern TYPE = Pattern.compile("# TYPE (heddle_\\w+) (\\w+)");
  private static final Pattern SAMPLE =
      Pattern.compile("(heddle_\\w+)(?:\\{(.*)})? (\\S+)(?: \\d+)?");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

  private final Map<String, Family> families = new TreeMap<>();
  private final Map<String, Double> samples = new TreeMap<>();

  static Scrape of(int port) {
    try {
      HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + port + "/actuator/prometheus"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      return new Scrape(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private Scrape(String text) {
    text.lines()
        .forEach(line -> {
          Matcher type = TYPE.matcher(line);
          Matcher sample = SAMPLE.matcher(line);
          if (type.matches()) {
            families.put(type.group(1), new Family(type.group(2), new TreeSet<>()));
          } else if (sample.matches()) {
            String labels = sample.group(2) == null ? "" : sample.group(2);
            samples.put(sample.group(1) + "{" + labels + "}", Double.parseDouble(sample.group(3)));
            Matcher label = LABEL.matcher(labels);
            Family family = familyOf(sample.group(1));
            while (family != null && label.find()) {
              if (!Set.of("le", "quantile").contains(label.group(1))) {
                family.labels().add(label.group(1));
              }
            }
          }
        });
    // Micrometer keeps the largest value of late beside each distribution.
    families.keySet().removeIf(name -> name.endsWith("_max") && hasBase(name, "_max"));
  }

  private Family familyOf(String sample) {
    Family family = families.get(sample);
    return family != null ? family : families.get(sample.replaceAll("_(bucket|count|sum)$", ""));
  }

  private boolean hasBase(String name, String suffix) {
    return families.containsKey(name.substring(0, name.length() - suffix.length()));
  }

  Map<String, Family> families() {
    return families;
  }

  /** A sample by its name and labels as Prometheus writes them; 0 where there is none. */
  double value(String name, String labels) {
    return samples.getOrDefault(name + "{" + labels + "}", 0.0);
  }
}
