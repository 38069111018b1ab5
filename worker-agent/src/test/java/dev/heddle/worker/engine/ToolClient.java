package dev.heddle.worker.engine;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.jackson3.DefaultJsonSchemaValidator;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Calls a run's tools as an engine does, by the SDK's own client over HTTP. */
public final class ToolClient implements AutoCloseable {

  private static final McpJsonMapper JSON = new JacksonMcpJsonMapper(JsonMapper.builder().build());

  /** What was told while calls went on. */
  public final List<String> progress = new CopyOnWriteArrayList<>();

  private final McpSyncClient client;

  /** Connects, with whatever token. */
  public ToolClient(ToolServer server) {
    var transport =
        HttpClientStreamableHttpTransport.builder(server.url().resolve("/").toString())
            .endpoint(server.url().getPath())
            .jsonMapper(JSON)
            .requestBuilder(
                HttpRequest.newBuilder().header("Authorization", "Bearer " + server.token()))
            .build();
    client =
        McpClient.sync(transport)
            .jsonSchemaValidator(new DefaultJsonSchemaValidator())
            .requestTimeout(Duration.ofMinutes(5))
            .progressConsumer(one -> progress.add(one.message()))
            .build();
    client.initialize();
  }

  public List<McpSchema.Tool> tools() {
    return client.listTools().tools();
  }

  /** Whether a call was refused, and what was told. */
  public record Answer(boolean refused, String text) {}

  /**
   * Calls one.
   *
   * @param arguments as JSON
   */
  public Answer call(String tool, String arguments) {
    CallToolResult result =
        client.callTool(
            CallToolRequest.builder(tool).arguments(JSON, arguments).progressToken("p").build());
    return new Answer(
        Boolean.TRUE.equals(result.isError()),
        result.content().stream()
            .map(McpSchema.TextContent.class::cast)
            .map(McpSchema.TextContent::text)
            .collect(Collectors.joining("\n")));
  }

  @Override
  public void close() {
    client.close();
  }
}
