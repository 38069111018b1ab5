package dev.heddle.cli;

import dev.heddle.local.HeddleHome;
import dev.heddle.local.LaunchSize;
import dev.heddle.local.SystemState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every command needs to know of where it runs.
 *
 * @param source the folder of the source tree, where the build left the services
 */
record Context(Terminal terminal, Map<String, String> environment, Path source) {

  HeddleHome home() {
    return HeddleHome.fromEnvironment(environment);
  }

  /** The gateway of this home, unless options or environment name another. */
  Gateway gateway(ServerOptions options) {
    return new Gateway(url(options.url), token(options.tokenFile));
  }

  private URI url(@Nullable String option) {
    String named = option == null ? environment.get("HEDDLE_URL") : option;
    String url =
        named != null && !named.isBlank()
            ? named
            : SystemState.read(home())
                .map(SystemState::url)
                .orElse("http://127.0.0.1:" + LaunchSize.DEFAULT_PORT);
    try {
      URI uri = URI.create(url.endsWith("/") ? url : url + "/");
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Told below, together with an address that has no host.
    }
    throw new CommandFailure(
        ExitCode.USAGE, "'" + url + "' is no address; one looks like http://127.0.0.1:8080");
  }

  private String token(@Nullable Path option) {
    String named = environment.get("HEDDLE_TOKEN");
    if (option == null && named != null && !named.isBlank()) {
      return named.strip();
    }
    Path file = option == null ? home().token() : option;
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      if (option == null) {
        throw new CommandFailure(
            ExitCode.UNREACHABLE,
            "no token: "
                + file
                + " cannot be read. Start Heddle with 'heddle up', or set HEDDLE_TOKEN for a"
                + " server elsewhere.");
      }
      throw new CommandFailure(ExitCode.ENVIRONMENT, "cannot read the token file " + file);
    }
  }
}
