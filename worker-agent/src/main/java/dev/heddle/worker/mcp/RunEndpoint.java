package dev.heddle.worker.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MCP server of one run, made when its engine first asks: most engines never do. Each run has
 * its own, so that its sessions go with it and a tool needs no look-up of whose it is.
 */
final class RunEndpoint {

  private static final Logger log = LoggerFactory.getLogger(RunEndpoint.class);

  /** A prompt of 64 KiB, each byte escaped, fits with everything around it. */
  private static final int MAX_REQUEST_BYTES = 1024 * 1024;

  private static final String RESPONSE = "response";
  private static final String VERSION = "1";

  private static final String INSTRUCTIONS =
      "Heddle runs you for a team. With these tools you tell the people who follow your work how far"
          + " you are, ask them what only they know, and have other agents do parts of it.";

  /** A server with what takes its requests. */
  private record Started(
      McpSyncServer server, HttpServletStreamableServerTransportProvider transport) {}

  private final byte[] token;
  private final List<Tool> tools;
  private @Nullable Started started;
  private boolean closed;

  RunEndpoint(byte[] token, List<Tool> tools) {
    this.token = token;
    this.tools = tools;
  }

  byte[] token() {
    return token;
  }

  void serve(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    Started running = start();
    if (running == null) {
      response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      return;
    }
    request.setAttribute(RESPONSE, response);
    running.transport().service(request, response);
  }

  void close() {
    Started running;
    synchronized (this) {
      closed = true;
      running = started;
      started = null;
    }
    if (running != null) {
      running.server().closeGracefully();
    }
  }

  private synchronized @Nullable Started start() {
    if (started == null && !closed) {
      var transport =
          HttpServletStreamableServerTransportProvider.builder()
              .jsonMapper(McpJson.MAPPER)
              .mcpEndpoint(ToolServers.PATH)
              .maxRequestSize(MAX_REQUEST_BYTES)
              .contextExtractor(RunEndpoint::context)
              .build();
      McpSyncServer server =
          McpServer.sync(transport)
              .jsonMapper(McpJson.MAPPER)
              .jsonSchemaValidator(McpJson.VALIDATOR)
              .serverInfo("heddle", VERSION)
              .instructions(INSTRUCTIONS)
              .capabilities(McpSchema.ServerCapabilities.builder().tools(false).build())
              .tools(tools.stream().map(this::specification).toList())
              // Each request has a virtual thread of its own, which may wait for a person.
              .immediateExecution(true)
              .build();
      started = new Started(server, transport);
    }
    return started;
  }

  private static McpTransportContext context(HttpServletRequest request) {
    return McpTransportContext.create(Map.of(RESPONSE, request.getAttribute(RESPONSE)));
  }

  private SyncToolSpecification specification(Tool tool) {
    McpSchema.Tool described =
        McpSchema.Tool.builder(tool.name(), McpJson.MAPPER, tool.schema())
            .description(tool.description())
            .build();
    return SyncToolSpecification.builder()
        .tool(described)
        .callHandler((exchange, request) -> call(tool, exchange, request))
        .build();
  }

  private static CallToolResult call(
      Tool tool, McpSyncServerExchange exchange, CallToolRequest request) {
    try {
      HttpServletResponse response =
          (HttpServletResponse) exchange.transportContext().get(RESPONSE);
      String told =
          tool.call(
              new Arguments(request.arguments()),
              new StreamingCaller(exchange, request.progressToken(), response));
      return result(told, false);
    } catch (RefusedCallException e) {
      return result(String.valueOf(e.getMessage()), true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return result("the worker is stopping", true);
    } catch (RuntimeException e) {
      log.atError().addKeyValue("tool", tool.name()).setCause(e).log("a tool failed");
      return result("the tool failed in the worker: " + e.getClass().getSimpleName(), true);
    }
  }

  private static CallToolResult result(String text, boolean error) {
    return CallToolResult.builder(List.of(McpSchema.TextContent.builder(text).build()))
        .isError(error)
        .build();
  }
}
