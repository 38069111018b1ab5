package dev.heddle.worker.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.json.schema.jackson3.DefaultJsonSchemaValidator;
import tools.jackson.databind.json.JsonMapper;

/** How messages of MCP are read and checked; loaded with the first engine that speaks it. */
final class McpJson {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  static final McpJsonMapper MAPPER = new JacksonMcpJsonMapper(JSON);

  static final JsonSchemaValidator VALIDATOR = new DefaultJsonSchemaValidator(JSON);

  private McpJson() {}
}
