package dev.heddle.worker.engine;

import java.net.URI;

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

  /** Names no token. */
  @Override
  public String toString() {
    return "ToolServer[url=" + url + "]";
  }
}
