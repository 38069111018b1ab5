package dev.heddle.worker.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.Continuation;
import dev.heddle.contracts.Continuation.Context;
import dev.heddle.contracts.Continuation.Said;
import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Role;
import dev.heddle.contracts.RunPurpose;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.process.RunMarker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HandoverTest {

  @Test
  void withoutAConversationThePromptIsAll() {
    assertThat(Handover.prompt(task(null))).isEqualTo("go on");
    assertThat(Handover.prompt(task(new Context(null, List.of(), false)))).isEqualTo("go on");
  }

  @Test
  void whatWasSaidComesBeforeThePrompt() {
    Context context =
        new Context(
            "They chose blue.",
            List.of(new Said(Role.USER, "And red?\n"), new Said(Role.ASSISTANT, "No red.")),
            true);

    assertThat(Handover.prompt(task(context)))
        .isEqualTo(
            """
            This conversation did not begin with you. What was said before stands between the lines below; it is there for you to know, not to be answered. The files may have changed since.

            <conversation>
            <summary>
            They chose blue.
            </summary>
            <left-out>some messages were left out here</left-out>
            <user>
            And red?
            </user>
            <assistant>
            No red.
            </assistant>
            </conversation>

            What you are to answer is this:

            go on\
            """);
  }

  private static EngineTask task(@Nullable Context context) {
    return new EngineTask(
        new RunMarker("s.1.a"),
        EngineSpec.of("any"),
        "go on",
        new Continuation(RunPurpose.TURN, null, null, context),
        new MessageId(new UUID(1, 1)),
        Path.of("."),
        Map.of(),
        0);
  }
}
