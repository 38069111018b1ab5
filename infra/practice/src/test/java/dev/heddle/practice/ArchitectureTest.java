package dev.heddle.practice;

import dev.heddle.testkit.ArchitectureRules;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {

  @TestFactory
  Stream<DynamicTest> obeysTheRules() {
    return ArchitectureRules.forModule("dev.heddle.practice").tests();
  }
}
