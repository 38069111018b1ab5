package dev.heddle.testkit;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A wire to a Kafka broker that can be cut: forwards connections on a loopback port. While it is
 * cut, open connections are gone and new ones are closed at once, as when the server is away. It
 * can also hold up the requests of one kind.
 */
public final class TcpProxy implements AutoCloseable {

  private static final short NONE = -1;

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger swallowed = new AtomicInteger();
  private volatile int target;
  private volatile boolean cut;
  private volatile short refusedKey = NONE;

  private TcpProxy(ServerSocket listener) {
    this.listener = listener;
  }

  /** Listens on a free port; {@link #to} says where the wire leads. */
  public static TcpProxy listen() {
    try {
      var proxy = new TcpProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
      Thread.ofVirtual().name("proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    }
  }

  /** Leads to a server on a loopback port. */
  public TcpProxy to(int port) {
    target = port;
    return this;
  }

  public int port() {
    return listener.getLocalPort();
  }

  public void cut() {
    cut = true;
    closeAll();
  }

  private void closeAll() {
    open.forEach(TcpProxy::closeQuietly);
    open.clear();
  }

  /** Everything goes through again; connections that were held up are gone. */
  public void restore() {
    boolean held = refusedKey != NONE;
    refusedKey = NONE;
    if (held) {
      closeAll();
    }
    cut = false;
  }

  /**
   * From now on a Kafka request of this kind goes nowhere, nor does anything after it on the same
   * connection: what its sender is doing has happened up to there, and not further.
   *
   * @param apiKey of the Kafka protocol, such as 0 for Produce or 79 for ShareAcknowledge
   */
  public void swallow(int apiKey) {
    swallowed.set(0);
    refusedKey = (short) apiKey;
  }

  /** How many connections have been held up. */
  public int swallowed() {
    return swallowed.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().name("proxy-connection").start(() -> serve(client));
      } catch (IOException e) {
        // Closed; the loop ends.
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket server = new Socket()) {
      open.add(server);
      if (cut) {
        return;
      }
      server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
      // A request is passed on in pieces, none of which waits for the others.
      server.setTcpNoDelay(true);
      Thread.ofVirtual().name("proxy-replies").start(() -> pump(server, client));
      requests(client, server);
    } catch (IOException e) {
      // The server is away: the client sees its connection close.
    } finally {
      open.remove(client);
    }
  }

  /** As {@link #pump}, and looks at the head of each Kafka request: its length and its key. */
  private void requests(Socket client, Socket server) {
    try (client;
        server) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(server.getOutputStream());
      byte[] head = new byte[6];
      int read = in.readNBytes(head, 0, head.length);
      while (read == head.length && !cut) {
        ByteBuffer fields = ByteBuffer.wrap(head);
        int rest = fields.getInt() - 2;
        if (fields.getShort() == refusedKey) {
          swallowed.incrementAndGet();
          in.skipNBytes(Long.MAX_VALUE);
        }
        out.write(head);
        copy(in, out, rest);
        read = in.readNBytes(head, 0, head.length);
      }
    } catch (IOException e) {
      // One end is gone, and with it the other.
    } finally {
      open.remove(client);
    }
  }

  private static void copy(InputStream in, OutputStream out, int length) throws IOException {
    byte[] buffer = new byte[16 * 1024];
    int left = length;
    while (left > 0) {
      int read = in.read(buffer, 0, Math.min(left, buffer.length));
      if (read < 0) {
        throw new EOFException();
      }
      out.write(buffer, 0, read);
      left -= read;
    }
    out.flush();
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16 * 1024];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (cut) {
          return;
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // One end is gone, and with it the other.
    } finally {
      open.remove(from);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
