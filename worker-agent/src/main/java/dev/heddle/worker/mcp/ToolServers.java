package dev.heddle.worker.mcp;

import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.ToolServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The tool servers of the runs that last, each known by its token alone. */
public final class ToolServers {

  /** Where the worker's web server has them, all under one address. */
  static final String PATH = "/mcp";

  private static final int TOKEN_BYTES = 32;

  private final SecureRandom random;
  private final Set<RunEndpoint> running = ConcurrentHashMap.newKeySet();
  private volatile @Nullable URI url;

  public ToolServers(SecureRandom random) {
    this.random = random;
  }

  /** What a run offers its engine, until it is closed. */
  public static final class Offer implements AutoCloseable {

    private final ToolServer server;
    private final Runnable closing;

    private Offer(ToolServer server, Runnable closing) {
      this.server = server;
      this.closing = closing;
    }

    public ToolServer server() {
      return server;
    }

    /** From now on its token opens nothing. */
    @Override
    public void close() {
      closing.run();
    }
  }

  /** The web server is there. */
  void listensAt(URI base) {
    url = base.resolve(PATH);
  }

  /**
   * Offers the tools to the engine of a run.
   *
   * @param listener hears what the engine does with them
   * @param delegator null in a run without a thread, which has nothing to delegate from
   * @throws IllegalStateException before the web server is there
   */
  public Offer open(EngineListener listener, @Nullable Delegator delegator) {
    URI address = url;
    if (address == null) {
      throw new IllegalStateException("the worker's web server has not started yet");
    }
    byte[] secret = new byte[TOKEN_BYTES];
    random.nextBytes(secret);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    RunEndpoint endpoint = new RunEndpoint(bytes(token), toolsOf(listener, delegator));
    running.add(endpoint);
    return new Offer(
        new ToolServer(address, token),
        () -> {
          running.remove(endpoint);
          endpoint.close();
        });
  }

  private static List<Tool> toolsOf(EngineListener listener, @Nullable Delegator delegator) {
    Tool progress = new ReportProgress(listener);
    Tool question = new AskPerson(listener);
    // Without a thread there is neither a plan to show nor anyone to work for.
    return delegator == null
        ? List.of(progress, question)
        : List.of(progress, new UpdatePlan(listener), question, new Delegate(delegator));
  }

  /** The run with this token; null where there is none. Takes the same time for every token. */
  @Nullable RunEndpoint find(String token) {
    byte[] given = bytes(token);
    RunEndpoint found = null;
    for (RunEndpoint endpoint : running) {
      if (MessageDigest.isEqual(endpoint.token(), given)) {
        found = endpoint;
      }
    }
    return found;
  }

  private static byte[] bytes(String token) {
    return token.getBytes(StandardCharsets.UTF_8);
  }
}
