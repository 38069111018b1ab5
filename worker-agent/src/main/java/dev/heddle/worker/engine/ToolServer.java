package dev.heddle.worker.engine;

import java.net.URI;
import java.time.Duration;

/**
 * Where an engine finds Heddle's own tools: an MCP server, spoken to by Streamable HTTP, for as
 * long as the run lasts.
 *
 * @param url on loopback
 * @param token the bearer token of this one run, which goes into the header {@code Authorization}
 *     and nowhere else
 */
public record ToolServer(URI url, String token) {

  /** The name under which an engine is told of it. */
  public static final String NAME = "heddle";

  /** How long a call may take at most: a person, or another agent, may have to do something. */
  public static final Duration CALL_TAKES = Duration.ofDays(7);

  /** The header {@code Authorization}. */
  public String authorization() {
    return "Bearer " + token;
  }

  /** Names no token. */
  @Override
  public String toString() {
    return "ToolServer[url=" + url + "]";
  }
}
