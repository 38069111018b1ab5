package dev.heddle.thread.dispatch;

import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.MessageId;
import dev.heddle.contracts.Priority;
import dev.heddle.contracts.TraceId;
import dev.heddle.messaging.Json;
import dev.heddle.thread.conversation.SettingsInput;
import dev.heddle.thread.turn.Said;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What was said to runs and is not known to be taken; its text is that of the message. */
@Repository
class SteeredRows {

  /** What a message needs to be said again, under the trace of the first time. */
  record Steered(
      MessageId message,
      SettingsInput settings,
      Priority priority,
      String by,
      @Nullable TraceId trace) {}

  private final JdbcClient jdbc;

  SteeredRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(CommandId command, MessageId message, Said said, String by) {
    jdbc.sql(
            """
            insert into steered_message (command_id, message_id, settings, priority, said_by)
            values (:command, :message, cast(:settings as jsonb), :priority, :by)
            """)
        .param("command", command.value())
        .param("message", message.value())
        .param("settings", Json.string(said.settings()))
        .param("priority", said.priority().name())
        .param("by", by)
        .update();
  }

  /** Takes what a command was about; null where that was no message, or was taken before. */
  @Nullable Steered take(CommandId command) {
    return jdbc.sql(
            """
            delete from steered_message s using session_command c
            where s.command_id = :command and c.id = s.command_id
            returning s.message_id, s.settings, s.priority, s.said_by, c.trace
            """)
        .param("command", command.value())
        .query((row, _) -> {
          String trace = row.getString("trace");
          return new Steered(
              new MessageId(row.getObject("message_id", UUID.class)),
              Json.read(
                  row.getString("settings").getBytes(StandardCharsets.UTF_8), SettingsInput.class),
              Priority.valueOf(row.getString("priority")),
              row.getString("said_by"),
              trace == null ? null : new TraceId(trace));
        })
        .optional()
        .orElse(null);
  }
}
