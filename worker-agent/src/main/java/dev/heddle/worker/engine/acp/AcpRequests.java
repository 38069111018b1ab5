package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.worker.engine.Ask;
import dev.heddle.worker.engine.EngineListener;
import dev.heddle.worker.engine.EngineTask;
import dev.heddle.worker.engine.Ruling;
import dev.heddle.worker.engine.wire.Asks;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.JsonRpc;
import dev.heddle.worker.engine.wire.RpcId;
import dev.heddle.worker.engine.wire.Story;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an agent asks of its client, and how it is answered. */
final class AcpRequests {

  /** JSON-RPC 2.0, section 5.1. */
  private static final int INVALID_PARAMS = -32602;

  private final JsonRpc rpc;
  private final AcpTools tools;
  private final Asks asks;
  private final WorkspaceFiles files;
  private final PermissionPosture posture;
  private final boolean offersTools;
  private final BiConsumer<String, @Nullable String> denied;

  /** What waits for a person, and how it is answered where nobody decides. */
  private final Map<String, Waiting> waiting = new LinkedHashMap<>();

  private record Waiting(RpcId id, ObjectNode cancelled) {}

  /**
   * @param denied hears the title of what must not be done, and why
   */
  AcpRequests(
      JsonRpc rpc,
      EngineTask task,
      EngineListener listener,
      Story story,
      AcpTools tools,
      BiConsumer<String, @Nullable String> denied) {
    this.rpc = rpc;
    this.tools = tools;
    this.asks = new Asks(listener, story);
    this.files = new WorkspaceFiles(task.directory());
    this.posture = Objects.requireNonNullElse(task.spec().permission(), PermissionPosture.ASK);
    this.offersTools = task.tools() != null;
    this.denied = denied;
  }

  /**
   * Answers it now or later.
   *
   * @return false where it is nothing that this client can do, such as a terminal
   */
  boolean asked(RpcId id, String method, JsonNode params) {
    switch (method) {
      case "session/request_permission" ->
          AcpPermission.of(params)
              .ifPresentOrElse(
                  permission -> permission(id, permission),
                  () -> rpc.refuse(id, INVALID_PARAMS, "a permission needs a toolCall"));
      case "elicitation/create" ->
          AcpForm.of(params)
              .ifPresentOrElse(
                  form -> fill(id, form, 0, Fields.object()),
                  () -> rpc.reply(id, AcpForm.declined()));
      case "fs/read_text_file" -> read(id, params);
      case "fs/write_text_file" -> write(id, params);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void permission(RpcId id, AcpPermission permission) {
    // Some agents ask before they say that they want to use the tool.
    tools.told(permission.tool());
    Optional<Decision.Verdict> verdict =
        offersTools && permission.isOfNoKnownKind() && tools.isOurs(permission.tool().id())
            ? Optional.of(Decision.Verdict.ALLOWED)
            : permission.decidedBy(posture, files);
    if (verdict.isPresent()) {
      decided(id, permission, permission.option(verdict.get()), verdict.get());
      return;
    }
    AcpUpdate.Tool tool = tools.find(permission.tool().id());
    Ask ask = permission.ask(tool);
    ask(
        id,
        ask,
        cancelledPermission(),
        ruling -> {
          switch (ruling) {
            case Ruling.Decided(var decision) -> {
              decided(
                  id, permission, Asks.chosen(decision, permission.options()), decision.verdict());
              if (decision.verdict() == Decision.Verdict.DENIED) {
                denied.accept(
                    ask.title(),
                    decision.message() == null ? decision.answer() : decision.message());
              }
            }
            case Ruling.Withdrawn _ -> rpc.reply(id, cancelledPermission());
          }
        });
  }

  private void decided(
      RpcId id,
      AcpPermission permission,
      Optional<ApprovalOption> option,
      Decision.Verdict verdict) {
    if (verdict == Decision.Verdict.DENIED) {
      tools.denied(permission.tool().id());
    }
    ObjectNode result =
        option
            .map(chosen -> {
              ObjectNode selected = Fields.object();
              selected.putObject("outcome").put("outcome", "selected").put("optionId", chosen.id());
              return selected;
            })
            .orElseGet(AcpRequests::cancelledPermission);
    rpc.reply(id, result);
  }

  private static ObjectNode cancelledPermission() {
    ObjectNode result = Fields.object();
    result.putObject("outcome").put("outcome", "cancelled");
    return result;
  }

  /** Asks for the fields one after the other; a question takes the place of those before it. */
  private void fill(RpcId id, AcpForm form, int number, ObjectNode content) {
    List<AcpForm.Field> fields = form.fields();
    if (number == fields.size()) {
      rpc.reply(id, AcpForm.accepted(content));
      return;
    }
    AcpForm.Field field = fields.get(number);
    ask(
        id,
        form.ask(field),
        AcpForm.cancelled(),
        ruling -> {
          switch (ruling) {
            case Ruling.Decided(var decision) ->
                AcpForm.words(decision)
                    .ifPresentOrElse(
                        words -> {
                          content.putPOJO(field.name(), field.value(words));
                          fill(id, form, number + 1, content);
                        },
                        () -> rpc.reply(id, AcpForm.declined()));
            case Ruling.Withdrawn _ -> rpc.reply(id, AcpForm.cancelled());
          }
        });
  }

  private void ask(RpcId id, Ask ask, ObjectNode cancelled, Consumer<Ruling> answer) {
    String request = id.toString();
    synchronized (waiting) {
      waiting.put(request, new Waiting(id, cancelled));
    }
    asks.ask(
        request,
        ask,
        ruling -> {
          synchronized (waiting) {
            if (waiting.remove(request) == null) {
              return;
            }
          }
          answer.accept(ruling);
        });
  }

  /** The agent has taken a request back. */
  void withdraw(JsonNode requestId) {
    String request = requestId.toString();
    synchronized (waiting) {
      waiting.remove(request);
    }
    asks.withdraw(request, "the agent does not wait for it any more");
  }

  /** The agent waits for nothing any more. */
  void withdrawAll(String reason) {
    synchronized (waiting) {
      waiting.clear();
    }
    asks.withdrawAll(reason);
  }

  /** Nobody decides any more, and the agent is told so. */
  void cancelAll(String reason) {
    List<Waiting> left;
    synchronized (waiting) {
      left = List.copyOf(waiting.values());
      waiting.clear();
    }
    left.forEach(one -> rpc.reply(one.id(), one.cancelled()));
    asks.withdrawAll(reason);
  }

  private void read(RpcId id, JsonNode params) {
    try {
      String text =
          files.read(
              Fields.text(params, "path", ""),
              (int) Fields.number(params, "line"),
              params.path("limit").isInt() ? params.path("limit").intValue() : Integer.MAX_VALUE);
      rpc.reply(id, Fields.object().put("content", text));
    } catch (IOException e) {
      rpc.refuse(id, INVALID_PARAMS, String.valueOf(e.getMessage()));
    }
  }

  private void write(RpcId id, JsonNode params) {
    if (posture == PermissionPosture.PLAN) {
      rpc.refuse(id, INVALID_PARAMS, "nothing may be changed while it plans");
      return;
    }
    try {
      files.write(Fields.text(params, "path", ""), Fields.text(params, "content", ""));
      rpc.reply(id, Fields.object());
    } catch (IOException e) {
      rpc.refuse(id, INVALID_PARAMS, String.valueOf(e.getMessage()));
    }
  }
}
