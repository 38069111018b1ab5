package dev.heddle.worker.engine.conformance;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.ProcessStream;
import dev.heddle.contracts.SessionFact.MessageCompleted;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.contracts.TraceBody;
import dev.heddle.contracts.TraceBody.EngineOutput;
import dev.heddle.worker.engine.EngineRun;
import dev.heddle.worker.engine.conformance.RecordingListener.Told;
import dev.heddle.worker.process.RunMarker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One run of an engine, and what it told.
 *
 * @param heard all that it tells
 */
public record Turn(RunMarker marker, EngineRun run, RecordingListener heard) {

  private static final long LONG_SECONDS = 120;

  /** Waits for its end, and looks at what holds for every run, however it went. */
  public EngineRun.Result end() throws Exception {
    EngineRun.Result result = run.done().get(LONG_SECONDS, SECONDS);
    heard.end();
    assertThat(processes()).as("processes of the run that are left").isEmpty();
    assertThat(heard.told().getFirst()).isInstanceOf(Told.Started.class);
    assertThat(heard.all(Told.Started.class)).hasSize(1);
    assertThat(heard.tools())
        .as("tools that are still open")
        .noneMatch(call -> call.status() == ToolStatus.RUNNING);
    assertThat(heard.messages())
        .allSatisfy(message -> {
          assertThat(openParts(message)).isEmpty();
          assertThat(typed(message).strip()).isEqualTo(message.text().strip());
          assertThat(message.text()).doesNotContain("\r").doesNotContain("\0");
        });
    assertThat(heard.messages().stream().map(MessageCompleted::messageId))
        .as("a message is told once")
        .doesNotHaveDuplicates();
    return result;
  }

  /** As {@link #end()}, of a run that did its work. */
  public EngineRun.Result done() throws Exception {
    EngineRun.Result result = end();
    assertThat(result.failure()).isNull();
    assertThat(result.exitCode()).isEqualTo(0);
    return result;
  }

  /** What was typed of a message, as somebody who watches sees it. */
  private String typed(MessageCompleted message) {
    StringBuilder typed = new StringBuilder();
    for (EngineOutput output : heard.events(EngineOutput.class)) {
      if (output.stream() == ProcessStream.STDOUT
          && message.messageId().equals(output.messageId())) {
        typed.append(output.text()).append(output.more() ? "" : "\n");
      }
    }
    return typed.toString();
  }

  private static List<MessagePart> openParts(MessageCompleted message) {
    List<MessagePart> parts = message.parts();
    return parts == null
        ? List.of()
        : parts.stream()
            .filter(part ->
                switch (part) {
                  case MessagePart.ToolCall call -> call.status() == ToolStatus.RUNNING;
                  case MessagePart.Approval asked -> asked.decision() == null;
                  default -> false;
                })
            .toList();
  }

  /** Waits until a tool runs. */
  public TraceBody.ToolCall awaitTool() {
    return heard.await(TraceBody.ToolCall.class, call -> call.status() == ToolStatus.RUNNING);
  }

  /** The processes that carry its marker. */
  public List<Path> processes() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      return entries
          .filter(entry -> entry.getFileName().toString().matches("\\d+"))
          .filter(this::isOfTheRun)
          .toList();
    }
  }

  private boolean isOfTheRun(Path process) {
    try {
      return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
          .contains(RunMarker.VARIABLE + "=" + marker);
    } catch (IOException e) {
      return false;
    }
  }
}
