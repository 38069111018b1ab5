package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.NoticeLevel;
import dev.heddle.worker.engine.Ask;
import dev.heddle.worker.engine.Ruling;
import dev.heddle.worker.engine.wire.Asks;
import dev.heddle.worker.engine.wire.Fields;
import dev.heddle.worker.engine.wire.JsonRpc;
import dev.heddle.worker.engine.wire.RpcId;
import dev.heddle.worker.engine.wire.Story;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts what Codex asks before people, and gives it their answers. */
final class Inquiries {

  private static final String ACCEPT = "accept";
  private static final String DECLINE = "decline";
  private static final String CANCEL = "cancel";

  /** What an approval of a command or a patch can be answered with, by Codex's own ids. */
  private static final List<ApprovalOption> DECISIONS =
      List.of(
          new ApprovalOption(ACCEPT, "Allow", ApprovalOption.Kind.ALLOW_ONCE),
          new ApprovalOption(
              "acceptForSession", "Allow for this session", ApprovalOption.Kind.ALLOW_SESSION),
          new ApprovalOption(DECLINE, "Refuse", ApprovalOption.Kind.REJECT_ONCE),
          new ApprovalOption(CANCEL, "Refuse, and stop the turn", ApprovalOption.Kind.REJECT_ONCE));

  private static final List<ApprovalOption> YES_OR_NO =
      List.of(
          new ApprovalOption(ACCEPT, "Allow", ApprovalOption.Kind.ALLOW_ONCE),
          new ApprovalOption(DECLINE, "Refuse", ApprovalOption.Kind.REJECT_ONCE));

  private static final List<ApprovalOption> GRANTS =
      List.of(
          new ApprovalOption("turn", "Allow for this turn", ApprovalOption.Kind.ALLOW_ONCE),
          new ApprovalOption(
              "session", "Allow for this session", ApprovalOption.Kind.ALLOW_SESSION),
          new ApprovalOption(DECLINE, "Refuse", ApprovalOption.Kind.REJECT_ONCE));

  private final Asks asks;
  private final Story story;
  private final JsonRpc rpc;
  private final Function<String, @Nullable Tool> tools;
  private final Function<@Nullable String, @Nullable String> agents;
  private final Predicate<List<Item.Change>> unasked;
  private final Consumer<String> steer;

  /**
   * @param tools the open use of a tool by the id of its item; null where there is none
   * @param agents what the agent in a thread was asked to do; null of the thread of the run
   * @param unasked which changes of files nobody is asked about
   * @param steer says something to the model, before its next word
   */
  Inquiries(
      Asks asks,
      Story story,
      JsonRpc rpc,
      Function<String, @Nullable Tool> tools,
      Function<@Nullable String, @Nullable String> agents,
      Predicate<List<Item.Change>> unasked,
      Consumer<String> steer) {
    this.asks = asks;
    this.story = story;
    this.rpc = rpc;
    this.tools = tools;
    this.agents = agents;
    this.unasked = unasked;
    this.steer = steer;
  }

  /**
   * Takes what is asked, to answer it now or later.
   *
   * @return false where nobody knows what that is
   */
  boolean take(RpcId id, ServerRequest request) {
    switch (request) {
      case ServerRequest.CommandApproval command -> decide(id, command(command));
      case ServerRequest.FileApproval files -> files(id, files);
      case ServerRequest.PermissionsApproval more -> grant(id, more);
      case ServerRequest.UserInput input -> answer(id, input.questions());
      case ServerRequest.Elicitation question -> elicit(id, question);
      case ServerRequest.Unknown _ -> {
        return false;
      }
    }
    return true;
  }

  /** Codex has the answer, or waits for it no more. */
  void resolved(RpcId id) {
    asks.withdraw(id.toString(), "Codex waits for it no more");
  }

  /** Nothing is waited for any more. */
  void close(String reason) {
    asks.withdrawAll(reason);
  }

  private Ask command(ServerRequest.CommandApproval request) {
    String script = request.command() == null ? null : ShellScript.of(request.command());
    ServerRequest.CommandApproval.Network network = request.networkApprovalContext();
    String title =
        network == null
            ? Tool.firstLine(script == null ? "run a command" : script)
            : "network access to " + network.host();
    return approval(
        Tool.SHELL, because(of(request.threadId(), title), request.reason()), script, DECISIONS);
  }

  private void files(RpcId id, ServerRequest.FileApproval request) {
    Tool tool = tools.apply(request.itemId());
    if (tool != null && request.grantRoot() == null && unasked.test(tool.changes())) {
      rpc.reply(id, decided(ACCEPT));
      return;
    }
    decide(
        id,
        approval(
            Tool.PATCH,
            because(
                of(request.threadId(), tool == null ? "change files" : tool.title()),
                request.reason()),
            tool == null ? null : tool.diff(),
            DECISIONS));
  }

  /** People see for what an agent wants it. */
  private String of(@Nullable String thread, String title) {
    String task = agents.apply(thread);
    return task == null ? title : task + ": " + title;
  }

  private static Ask approval(
      String tool, String title, @Nullable String input, List<ApprovalOption> options) {
    return new Ask(ApprovalKind.APPROVAL, tool, title, input, options, false, null);
  }

  private static String because(String title, @Nullable String reason) {
    return reason == null || reason.isBlank() ? title : title + " – " + Tool.firstLine(reason);
  }

  private void decide(RpcId id, Ask ask) {
    ask(
        id,
        ask,
        decision -> {
          String choice = choice(decision, ask);
          tell(decision, ask);
          rpc.reply(id, decided(choice));
        },
        () -> rpc.reply(id, decided(CANCEL)));
  }

  private static ObjectNode decided(String decision) {
    return Fields.object().put("decision", decision);
  }

  private void grant(RpcId id, ServerRequest.PermissionsApproval request) {
    Ask ask =
        approval(
            "request_permissions",
            because("more permissions", request.reason()),
            request.permissions().toString(),
            GRANTS);
    ask(
        id,
        ask,
        decision -> {
          String choice = choice(decision, ask);
          tell(decision, ask);
          rpc.reply(
              id,
              choice.equals(DECLINE)
                  ? granted(Fields.object(), "turn")
                  : granted(request.permissions(), choice));
        },
        () -> rpc.reply(id, granted(Fields.object(), "turn")));
  }

  private static ObjectNode granted(JsonNode permissions, String scope) {
    ObjectNode result = Fields.object();
    result.set("permissions", permissions);
    return result.put("scope", scope);
  }

  /** Only yes or no can be told; what else a tool server wants to know is not for an engine. */
  private void elicit(RpcId id, ServerRequest.Elicitation request) {
    if (!request.wantsNoMore()) {
      story.notice(
          NoticeLevel.WARNING,
          "the tool server %s asked for more than a yes or no, which was declined: %s"
              .formatted(request.serverName(), request.message()));
      rpc.reply(id, elicited(DECLINE));
      return;
    }
    Ask ask = approval(request.serverName(), request.message(), null, YES_OR_NO);
    ask(
        id,
        ask,
        decision -> rpc.reply(id, elicited(choice(decision, ask))),
        () -> rpc.reply(id, elicited(CANCEL)));
  }

  private static ObjectNode elicited(String action) {
    ObjectNode result = Fields.object().put("action", action);
    if (action.equals(ACCEPT)) {
      result.set("content", Fields.object());
    }
    return result;
  }

  /** Asks one question after the other, since a question takes the place of the one before. */
  private void answer(RpcId id, List<ServerRequest.Question> questions) {
    answer(id, questions, 0, Fields.object());
  }

  private void answer(
      RpcId id, List<ServerRequest.Question> questions, int next, ObjectNode answers) {
    if (next == questions.size()) {
      ObjectNode result = Fields.object();
      result.set("answers", answers);
      rpc.reply(id, result);
      return;
    }
    ServerRequest.Question question = questions.get(next);
    if (question.secret()) {
      // An answer is stored and shown, which a secret must not be.
      story.notice(
          NoticeLevel.WARNING,
          "Codex asked for a secret, which was not answered: " + question.question());
      answer(id, questions, next + 1, answers);
      return;
    }
    Ask ask = question(question);
    ask(
        id,
        ask,
        decision -> {
          String said = said(decision, ask);
          if (said != null) {
            answers.putObject(question.id()).putArray("answers").add(said);
          }
          answer(id, questions, next + 1, answers);
        },
        () -> answer(id, List.of(), 0, answers));
  }

  private static Ask question(ServerRequest.Question question) {
    List<ApprovalOption> options =
        question.choices().stream()
            .map(option ->
                new ApprovalOption(
                    option.label(),
                    option.description() == null || option.description().isBlank()
                        ? option.label()
                        : option.label() + ": " + option.description(),
                    ApprovalOption.Kind.ANSWER))
            .toList();
    String header = question.header();
    return new Ask(
        ApprovalKind.QUESTION,
        null,
        header == null || header.isBlank() ? Tool.firstLine(question.question()) : header,
        question.question(),
        options,
        question.takesWords(),
        null);
  }

  /** Null where nothing was said. */
  private static @Nullable String said(Decision decision, Ask ask) {
    if (decision.answer() != null) {
      return decision.answer();
    }
    String option = decision.optionId();
    return option != null && ask.options().stream().anyMatch(one -> one.id().equals(option))
        ? option
        : decision.message();
  }

  /** Codex's own word for a decision; the no among them where none fits. */
  private static String choice(Decision decision, Ask ask) {
    return Asks.chosen(decision, ask.options()).map(ApprovalOption::id).orElse(DECLINE);
  }

  /** Codex takes no words with a refusal; said before it, they are there when the turn goes on. */
  private void tell(Decision decision, Ask ask) {
    String message = decision.message();
    if (decision.verdict() == Decision.Verdict.DENIED && message != null && !message.isBlank()) {
      steer.accept("About “%s”, which is refused: %s".formatted(ask.title(), message));
    }
  }

  private void ask(RpcId id, Ask ask, Consumer<Decision> decided, Runnable withdrawn) {
    asks.ask(
        id.toString(),
        ask,
        ruling -> {
          switch (ruling) {
            case Ruling.Decided(var decision) -> decided.accept(decision);
            case Ruling.Withdrawn _ -> withdrawn.run();
          }
        });
  }
}
