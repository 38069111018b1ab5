package dev.heddle.thread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.apidocs.OpenApiDescription;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

@Tag("apidocs")
class OpenApiIT extends ThreadServiceSetting {

  @Autowired private ApplicationContext service;

  @Test
  void theDescriptionIsCommittedAndLeavesNothingOut() {
    OpenApiDescription description = OpenApiDescription.of(service);

    description.mustBeCommitted();
    assertThat(description.gaps("dev.heddle.thread")).isEmpty();
  }
}
