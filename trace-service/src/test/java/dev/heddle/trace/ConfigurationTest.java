package dev.heddle.trace;

import dev.heddle.testkit.ConfigurationRules;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ConfigurationTest {

  @TestFactory
  Stream<DynamicTest> configuration() {
    return ConfigurationRules.without().tests(Map.of());
  }
}
