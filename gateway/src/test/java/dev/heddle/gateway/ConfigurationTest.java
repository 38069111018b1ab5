package dev.heddle.gateway;

import dev.heddle.testkit.ConfigurationRules;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigurationTest {

  private final ConfigurationRules rules =
      ConfigurationRules.without("heddle.rest.idempotency", "heddle.security");

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
    rules.checkDefaults(Map.of("heddle.gateway.token-file", "token"));
  }
}
