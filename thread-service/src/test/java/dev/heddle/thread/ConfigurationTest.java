package dev.heddle.thread;

import dev.heddle.testkit.ConfigurationRules;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigurationTest {

  private final ConfigurationRules rules = ConfigurationRules.without();

  @Test
  void everyKeyIsInTheFileWithACommentAndNoOtherIs() {
    rules.checkDocumented();
  }

  @Test
  void nonsenseIsRefusedInWordsThatNameTheKey() {
    rules.checkRefusals();
  }

  @Test
  void theFileItselfIsTaken() {
    rules.checkDefaults(Map.of());
  }
}
