package dev.heddle.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.contracts.Priority;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChoiceTest {

  private static @Nullable Priority priority(@Nullable String text) {
    return Choice.of("priority", text, Priority.class, Priority::wire, RestError.BAD_CURSOR);
  }

  @Test
  void aValueIsNamedAsItIsWritten() {
    assertThat(priority("background")).isEqualTo(Priority.BACKGROUND);
    assertThat(priority(null)).isNull();
  }

  @Test
  void whatIsNoneOfThemIsRefusedWithThoseThereAre() {
    assertThatThrownBy(() -> priority("URGENT"))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(RestError.BAD_CURSOR);
              assertThat(refused.detail())
                  .isEqualTo("priority must be one of urgent, normal, background");
            });
  }
}
