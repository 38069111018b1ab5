package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The operator's whole loop in a real browser; what it does is in gateway/dashboard/e2e. */
class DashboardIT {

  private final HeddleSystem system = HeddleSystem.shared();

  @Test
  void anOperatorSignsInDispatchesWatchesAndReads() throws Exception {
    String link = system.command("open").expectOk().out().strip();
    Path dashboard = Path.of(System.getProperty("heddle.source"), "gateway", "dashboard");
    Process browser =
        new ProcessBuilder("node", "e2e/loop.mjs", link, system.project())
            .directory(dashboard.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(browser.waitFor()).as(said).isZero();
    assertThat(said).contains("saw it complete").contains("nothing to complain of on any page");
  }
}
