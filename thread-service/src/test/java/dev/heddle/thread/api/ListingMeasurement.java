package dev.heddle.thread.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.thread.ManyThreads;
import dev.heddle.thread.ThreadServiceSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * How long lists, filters, searches and opening take with one client and a warm cache. Not part of
 * any build, by its name; CONTRIBUTING.md has the command. {@code -Dheddle.threads} and {@code
 * -Dheddle.messages} ask for another size than 10,000 threads of 200 messages each.
 */
class ListingMeasurement extends ThreadServiceSetting {

  private static final int TIMES = 30;

  @Test
  void medians() throws IOException {
    String name = project();
    UUID project = UUID.fromString(http.get("/api/projects/" + name).text("id"));
    int threads = Integer.getInteger("heddle.threads", 10_000);
    int messages = Integer.getInteger("heddle.messages", 200);
    ManyThreads.add(jdbc, project, threads, messages);
    jdbc.sql("vacuum analyze").update();
    // Filling takes longer than an identity lasts.
    openDoor();
    String thread =
        http.get("/api/threads?limit=1").body().path("items").path(0).path("id").asString();
    assertThat(http.get("/api/threads/" + thread + "/messages?limit=200").body().path("items"))
        .as("what is opened: %s", http.get("/api/threads/" + thread).body())
        .hasSize(Math.min(messages, 200));
    List<String> report = new ArrayList<>();
    report.add("load before: " + load());
    for (String path :
        List.of(
            "/api/threads",
            "/api/threads?sort=created",
            "/api/threads?sort=title",
            "/api/threads?project=" + name,
            "/api/threads?status=running",
            "/api/threads?engine=engine7",
            "/api/threads?machine=worker-7",
            "/api/threads?q=subject77",
            "/api/threads?q=word77",
            "/api/threads?q=common",
            "/api/search?q=subject77",
            "/api/search?q=rare53",
            "/api/search?q=word77",
            "/api/search?q=common",
            "/api/threads/" + thread,
            "/api/threads/" + thread + "/messages",
            "/api/threads/" + thread + "/messages?limit=200")) {
      report.add(
          String.format(
              Locale.ROOT,
              "| `%s` | %.1f |",
              path.replace(thread, "ID").replace(name, "NAME"),
              median(path)));
    }
    report.add("load after: " + load());
    report.add(machine());
    LoggerFactory.getLogger(ListingMeasurement.class)
        .info(
            "medians in ms, of {} each, of {} threads of {} messages:\n{}",
            TIMES,
            threads,
            messages,
            String.join("\n", report));
  }

  private double median(String path) {
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < TIMES + 5; i++) {
      long start = System.nanoTime();
      assertThat(http.get(path).status()).isEqualTo(200);
      if (i >= 5) {
        nanos.add(System.nanoTime() - start);
      }
    }
    nanos.sort(null);
    return nanos.get(TIMES / 2) / 1e6;
  }

  private static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).strip();
  }

  private static String machine() throws IOException {
    String processor =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .orElse("a processor without a name");
    return Runtime.getRuntime().availableProcessors() + " processors: " + processor;
  }
}
