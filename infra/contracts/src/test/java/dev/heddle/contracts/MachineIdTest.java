package dev.heddle.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineIdTest {

  @ParameterizedTest
  @CsvSource({
    "build-7.example.org, build-7.example.org",
    "Ada's Laptop, ada-s-laptop",
    "--x, x",
    "'', worker",
    "日本, worker"
  })
  void hostNameBecomesAMachineId(String host, String id) {
    assertThat(MachineId.ofHost(host).value()).isEqualTo(id);
  }

  @Test
  void longHostNameIsCut() {
    assertThat(MachineId.ofHost("X".repeat(80)).value()).isEqualTo("x".repeat(63));
  }
}
