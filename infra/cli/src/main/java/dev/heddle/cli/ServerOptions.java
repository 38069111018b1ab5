package dev.heddle.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server to talk to; without any of these, the one of this home. */
final class ServerOptions {

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "Address of the gateway. Default: HEDDLE_URL, else the one that runs from this home.")
  @Nullable String url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File with the bearer token. Default: HEDDLE_TOKEN, else the file 'token' in the home.")
  @Nullable Path tokenFile;
}
