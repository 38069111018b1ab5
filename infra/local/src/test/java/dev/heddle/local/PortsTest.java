package dev.heddle.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {

  @Test
  void noPortIsGivenTwice() {
    Ports ports = new Ports(new Random(7));
    Set<Integer> given = new HashSet<>();

    for (int index = 0; index < 200; index++) {
      assertThat(given.add(ports.free(0))).isTrue();
    }
  }

  @Test
  void portInUseIsNotGivenEvenIfPreferred() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Ports.isFree(socket.getLocalPort())).isFalse();
      assertThat(new Ports(new Random(7)).free(socket.getLocalPort()))
          .isNotEqualTo(socket.getLocalPort());
    }
  }

  @Test
  void errorOfAPortInUseNamesItsHolderAndAnotherPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = socket.getLocalPort();

      assertThatThrownBy(() -> Ports.requireFree(port))
          .isInstanceOf(LocalException.class)
          .hasMessageContaining("port " + port + " is in use by process ")
          .hasMessageContaining(" " + ProcessHandle.current().pid() + " (")
          .hasMessageContaining("'--port " + (port + 1) + "'");
    }
  }

  @Test
  void portAnswersWhileSomethingListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      assertThat(Ports.answers(port)).isTrue();
    }
    assertThat(Ports.answers(port)).isFalse();
  }

  @Test
  void preferredPortIsGivenWhileItIsFree() {
    int free = new Ports(new Random(8)).free(0);

    assertThat(new Ports(new Random(9)).free(free)).isEqualTo(free);
  }
}
