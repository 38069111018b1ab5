package dev.heddle.cli;

import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** For people, or for a script. */
final class OutputOptions {

  @Option(names = "--json", description = "One JSON document instead of text for people.")
  boolean json;

  void print(Terminal terminal, JsonNode document) {
    terminal.line(Gateway.JSON.writeValueAsString(document));
  }
}
