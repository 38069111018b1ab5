package dev.heddle.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Chooses free loopback ports, each once. They lie below the range from which systems take ports
 * for outgoing connections, so that none is taken between the choice and its use by chance.
 */
final class Ports {

  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;

  private final Set<Integer> given = new HashSet<>();
  private final RandomGenerator random;

  Ports(RandomGenerator random) {
    this.random = random;
  }

  /** A free port; the preferred one if it is still free (0 for no preference). */
  int free(int preferred) {
    if (preferred > 0 && !given.contains(preferred) && isFree(preferred)) {
      given.add(preferred);
      return preferred;
    }
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = random.nextInt(LOWEST, HIGHEST);
      if (given.add(port) && isFree(port)) {
        return port;
      }
    }
    throw new LocalException(
        LocalException.Kind.ENVIRONMENT,
        "no free port found between " + LOWEST + " and " + HIGHEST + " on 127.0.0.1");
  }

  /** Refuses a gateway's port that another program holds. */
  static void requireFree(int port) {
    if (isFree(port)) {
      return;
    }
    String holder = PortHolder.of(port).orElse("another program, perhaps of another user");
    throw new LocalException(
        LocalException.Kind.PORT_IN_USE,
        "port "
            + port
            + " is in use by "
            + holder
            + ". Stop that program, or choose another port with '--port "
            + (port < 65_535 ? port + 1 : port - 1)
            + "'.");
  }

  /** Whether something on this machine accepts connections there. */
  static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
