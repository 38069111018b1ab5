package dev.heddle.worker.engine;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an engine inherits from the worker: only what programs need to find their way. The worker's
 * own environment may hold passwords of the broker, and an engine runs what a model tells it to.
 */
public final class EngineEnvironment {

  private static final Set<String> PASSED =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "LANG",
          "LANGUAGE",
          "TZ",
          "TMPDIR",
          "SSH_AUTH_SOCK",
          "JAVA_HOME",
          "http_proxy",
          "https_proxy",
          "no_proxy",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR");

  private final Map<String, String> inherited;

  /**
   * @param worker the environment of the worker
   * @param further names to pass besides
   */
  public EngineEnvironment(Map<String, String> worker, Set<String> further) {
    inherited = new TreeMap<>(worker);
    inherited
        .keySet()
        .removeIf(name ->
            !PASSED.contains(name)
                && !name.startsWith("LC_")
                && !name.startsWith("XDG_")
                && !further.contains(name));
    inherited.putIfAbsent("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    // There is no terminal; programs that ask should not paint.
    inherited.put("TERM", "dumb");
  }

  /** The inherited variables with those of the run over them. */
  public Map<String, String> with(Map<String, String> run) {
    Map<String, String> all = new TreeMap<>(inherited);
    all.putAll(run);
    return all;
  }
}
