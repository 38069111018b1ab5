package dev.heddle.practice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The conversations of one process, and what a client can do with them. */
final class Sessions implements Client.Requests {

  private static final String ASK = "ask";
  static final String PLAN = "plan";

  /** One conversation that is open. */
  private static final class Session {
    Conversation conversation;
    String mode = ASK;
    @Nullable Turn turn;

    Session(Conversation conversation) {
      this.conversation = conversation;
    }
  }

  private final Client client;
  private final Path home;
  private final Duration pace;
  private final Consumer<String> crash;
  private final Map<String, Session> open = new ConcurrentHashMap<>();
  private volatile boolean asksQuestions;

  /**
   * @param home where conversations are kept
   * @param pace how long it takes for a word
   * @param crash ends the process
   */
  Sessions(Client client, Path home, Duration pace, Consumer<String> crash) {
    this.client = client;
    this.home = home;
    this.pace = pace;
    this.crash = crash;
  }

  @Override
  public CompletableFuture<JsonNode> asked(String method, JsonNode params) {
    try {
      return switch (method) {
        case "initialize" -> CompletableFuture.completedFuture(initialize(params));
        case "session/new" -> CompletableFuture.completedFuture(begin(params));
        case "session/load" -> CompletableFuture.completedFuture(load(params));
        case "session/set_mode" -> CompletableFuture.completedFuture(setMode(params));
        case "session/prompt" -> prompt(params);
        default ->
            throw new Client.Refusal(
                Client.METHOD_NOT_FOUND, "the practice agent has no method " + method);
      };
    } catch (IOException e) {
      return CompletableFuture.failedFuture(new UncheckedIOException(e));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void notified(String method, JsonNode params) {
    Session session = open.get(params.path("sessionId").asString(""));
    if (method.equals("session/cancel") && session != null) {
      synchronized (session) {
        if (session.turn != null) {
          session.turn.cancel();
        }
      }
    }
  }

  /** What still runs ends with the process. */
  @Override
  public void ended() {
    open.values()
        .forEach(session -> {
          synchronized (session) {
            if (session.turn != null) {
              session.turn.cancel();
            }
          }
        });
  }

  private JsonNode initialize(JsonNode params) {
    asksQuestions = params.path("clientCapabilities").path("elicitation").has("form");
    ObjectNode result = Client.object().put("protocolVersion", 1);
    result
        .putObject("agentInfo")
        .put("name", PracticeAgent.NAME)
        .put("title", "Practice agent (a script, not a model)")
        .put("version", PracticeAgent.VERSION);
    ObjectNode capabilities = result.putObject("agentCapabilities").put("loadSession", true);
    capabilities
        .putObject("promptCapabilities")
        .put("image", false)
        .put("audio", false)
        .put("embeddedContext", false);
    result.putArray("authMethods");
    return result;
  }

  private JsonNode begin(JsonNode params) throws IOException {
    String id = UUID.randomUUID().toString();
    Session session =
        new Session(new Conversation(id, params.path("cwd").asString("."), List.of()));
    // From the first moment: it may be killed in its first turn.
    session.conversation.write(home);
    open.put(id, session);
    ObjectNode result = Client.object().put("sessionId", id);
    result.set("modes", modes(session));
    return result;
  }

  private JsonNode load(JsonNode params) throws IOException {
    String id = params.path("sessionId").asString("");
    Conversation kept =
        Conversation.read(home, id)
            .orElseThrow(() ->
                new Client.Refusal(Client.RESOURCE_NOT_FOUND, "there is no conversation " + id));
    Session session =
        new Session(
            new Conversation(id, params.path("cwd").asString(kept.directory()), kept.turns()));
    open.put(id, session);
    Updates updates = new Updates(client, id);
    kept.turns()
        .forEach(turn -> {
          updates.text("user_message_chunk", turn.prompt());
          updates.text("agent_message_chunk", turn.answer());
        });
    ObjectNode result = Client.object();
    result.set("modes", modes(session));
    return result;
  }

  private static ObjectNode modes(Session session) {
    ObjectNode modes = Client.object().put("currentModeId", session.mode);
    modes
        .putArray("availableModes")
        .add(
            Client.object()
                .put("id", ASK)
                .put("name", "Ask")
                .put("description", "Asks before it changes a file or runs a program"))
        .add(
            Client.object()
                .put("id", PLAN)
                .put("name", "Plan")
                .put("description", "Plans, and changes nothing"));
    return modes;
  }

  private JsonNode setMode(JsonNode params) {
    Session session = session(params);
    String mode = params.path("modeId").asString("");
    if (!mode.equals(ASK) && !mode.equals(PLAN)) {
      throw new Client.Refusal(
          Client.INVALID_PARAMS, "there is no mode '%s'; there are ask and plan".formatted(mode));
    }
    session.mode = mode;
    return Client.object();
  }

  private CompletableFuture<JsonNode> prompt(JsonNode params) {
    Session session = session(params);
    List<String> texts = new ArrayList<>();
    params
        .path("prompt")
        .forEach(block -> {
          if (block.path("text").isString()) {
            texts.add(block.path("text").asString());
          }
        });
    String text = String.join("\n", texts);
    synchronized (session) {
      Turn running = session.turn;
      if (running != null && running.join(text)) {
        // What it uses is said in the answer to the first.
        return running.ended().thenApply(end -> Client.object().put("stopReason", end.reason()));
      }
      Turn turn =
          new Turn(
              new Updates(client, session.conversation.id()),
              session.conversation,
              text,
              session.mode.equals(PLAN),
              asksQuestions,
              pace,
              crash);
      session.turn = turn;
      Thread.ofVirtual().name("turn").start(() -> turn.run(answer -> keep(session, text, answer)));
      return turn.ended().thenApply(Turn.End::toJson);
    }
  }

  /** Before the client hears of the end: it may end this process at once. */
  private void keep(Session session, String prompt, String answer) {
    synchronized (session) {
      List<Conversation.Turn> turns = new ArrayList<>(session.conversation.turns());
      turns.add(new Conversation.Turn(prompt, answer));
      session.conversation =
          new Conversation(session.conversation.id(), session.conversation.directory(), turns);
      session.turn = null;
      try {
        session.conversation.write(home);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "the practice agent cannot keep its conversation in " + home, e);
      }
    }
  }

  private Session session(JsonNode params) {
    Session session = open.get(params.path("sessionId").asString(""));
    if (session == null) {
      throw new Client.Refusal(Client.RESOURCE_NOT_FOUND, "there is no such open session");
    }
    return session;
  }
}
