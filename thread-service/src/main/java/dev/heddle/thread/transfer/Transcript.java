package dev.heddle.thread.transfer;

import dev.heddle.contracts.MessagePart;
import dev.heddle.contracts.MessageStatus;
import dev.heddle.contracts.Plan;
import dev.heddle.contracts.SessionId;
import dev.heddle.contracts.ThreadId;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.thread.plan.PlanRevision;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The active branch of a thread as people read it. */
final class Transcript {

  private final ThreadRows rows;
  private final ThreadId thread;
  private final ThreadDocument.About about;

  Transcript(ThreadRows rows, ThreadId thread, ThreadDocument.About about) {
    this.rows = rows;
    this.thread = thread;
    this.about = about;
  }

  /** Leaves the stream open. */
  void write(OutputStream to) throws IOException {
    Writer out = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8));
    out.write(head());
    Costs costs = new Costs();
    rows.each(
        ThreadRows.ACTIVE_BRANCH,
        thread,
        message -> {
          costs.add(message);
          append(out, message(message));
        });
    AtomicReference<@Nullable PlanRevision> plan = new AtomicReference<>();
    rows.each(ThreadRows.PLANS, thread, plan::set);
    PlanRevision current = plan.get();
    if (current != null) {
      out.write("\n## Plan\n\n" + plan(current.plan()));
    }
    AtomicReference<String> heading = new AtomicReference<>("\n## Approvals\n");
    rows.each(
        ThreadRows.APPROVALS,
        thread,
        approval -> append(out, heading.getAndSet("") + approval(approval)));
    out.write(costs.text());
    out.flush();
  }

  private static void append(Writer out, String text) {
    try {
      out.write(text);
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  private String head() {
    String engine = about.settings().engine();
    return "# %s\n\n- Thread: `%s`\n- Project: %s\n- Created: %s by %s\n- Changed: %s\n- Engine: %s\n"
        .formatted(
            Markdown.inline(about.title()),
            about.id(),
            Markdown.inline(about.project()),
            about.createdAt(),
            Markdown.inline(about.createdBy()),
            about.updatedAt(),
            Markdown.inline(engine == null ? "none" : engine));
  }

  static String message(ThreadDocument.Message message) {
    StringBuilder text = new StringBuilder("\n## ");
    text.append(
        switch (message.role()) {
          case USER -> "User";
          case ASSISTANT -> "Assistant";
          case SYSTEM -> "System";
        });
    text.append(", ").append(message.createdAt());
    if (message.status() != MessageStatus.COMPLETED) {
      text.append(" (").append(message.status().wire()).append(')');
    }
    text.append('\n');
    List<MessagePart> parts = MessagePart.known(message.parts());
    if (parts.isEmpty() && !message.text().isEmpty()) {
      parts = List.of(new MessagePart.Text(message.text()));
    }
    parts.forEach(part -> text.append('\n').append(part(part)));
    if (message.truncated()) {
      text.append("\n*What was longer was cut here.*\n");
    }
    if (message.usage() != null) {
      text.append("\n*").append(usage(message.usage())).append("*\n");
    }
    return text.toString();
  }

  private static String part(MessagePart part) {
    return switch (part) {
      case MessagePart.Text said -> Markdown.quoted(said.text());
      case MessagePart.Reasoning thought ->
          details("Reasoning", Markdown.fenced("text", thought.text()));
      case MessagePart.File file -> "File: " + Markdown.inline(file.path()) + "\n";
      case MessagePart.ToolCall tool -> tool(tool);
      case MessagePart.Approval asked ->
          "Approval: %s: **%s**\n"
              .formatted(
                  Markdown.inline(asked.title()),
                  asked.decision() == null ? "pending" : Markdown.inline(asked.decision()));
      case MessagePart.PlanShown shown -> details("Plan", plan(shown.plan()));
    };
  }

  private static String details(String summary, String body) {
    return "<details>\n<summary>%s</summary>\n\n%s\n</details>\n".formatted(summary, body);
  }

  private static String tool(MessagePart.ToolCall tool) {
    StringBuilder text = new StringBuilder("**Tool ");
    text.append(Markdown.inline(tool.name())).append("**");
    if (tool.title() != null) {
      text.append(": ").append(Markdown.inline(tool.title()));
    }
    text.append(" (").append(tool.status().name().toLowerCase(Locale.ROOT));
    if (tool.exitCode() != null) {
      text.append(", exit code ").append(tool.exitCode());
    }
    text.append(")\n");
    block(text, "Input", "text", tool.input());
    block(text, "Output", "text", tool.output());
    block(text, "Diff", "diff", tool.diff());
    return text.toString();
  }

  private static void block(
      StringBuilder text, String name, String language, @Nullable String body) {
    if (body != null) {
      text.append('\n').append(name).append(":\n\n").append(Markdown.fenced(language, body));
    }
  }

  private static String plan(Plan plan) {
    StringBuilder text = new StringBuilder();
    if (plan.document() != null) {
      text.append(Markdown.quoted(plan.document())).append('\n');
    }
    for (Plan.Task task : plan.tasks()) {
      text.append(
          switch (task.status()) {
            case COMPLETED -> "- [x] " + Markdown.inline(task.text());
            case PENDING -> "- [ ] " + Markdown.inline(task.text());
            case IN_PROGRESS, BLOCKED ->
                "- [ ] %s *(%s)*".formatted(Markdown.inline(task.text()), task.status().wire());
          });
      text.append('\n');
    }
    for (String question : plan.questions()) {
      text.append("- Open: ").append(Markdown.inline(question)).append('\n');
    }
    return text.toString();
  }

  static String approval(ThreadDocument.Approval approval) {
    StringBuilder text = new StringBuilder("\n- ");
    text.append(Markdown.inline(approval.title()));
    if (approval.tool() != null) {
      text.append(" (").append(Markdown.inline(approval.tool())).append(')');
    }
    text.append(", asked ").append(approval.askedAt());
    text.append(": **").append(approval.state().wire()).append("**");
    ThreadDocument.Made made = approval.decision();
    if (made != null) {
      text.append(
          " by %s, %s, for %s"
              .formatted(Markdown.inline(made.by()), made.at(), made.scope().wire()));
      for (String said : new @Nullable String[] {made.answer(), made.message()}) {
        if (said != null) {
          text.append(": ").append(Markdown.inline(said));
        }
      }
    } else if (approval.reason() != null) {
      text.append(": ").append(Markdown.inline(approval.reason()));
    }
    return text.append('\n').toString();
  }

  private static String usage(TokenUsage usage) {
    String tokens =
        "%d tokens in (%d cached), %d out"
            .formatted(usage.inputTokens(), usage.cachedInputTokens(), usage.outputTokens());
    return usage.costUsd() == null
        ? tokens
        : tokens + String.format(Locale.ROOT, ", $%.4f", usage.costUsd());
  }

  /** What the branch has cost, as far as engines have told: the last word of each attempt. */
  private static final class Costs {

    private record Attempt(@Nullable SessionId session, @Nullable Integer attempt) {}

    private final Map<Attempt, TokenUsage> last = new HashMap<>();

    void add(ThreadDocument.Message message) {
      if (message.usage() != null) {
        last.put(new Attempt(message.sessionId(), message.attempt()), message.usage());
      }
    }

    String text() {
      if (last.isEmpty()) {
        return "";
      }
      DoubleSummaryStatistics usd =
          last.values().stream()
              .map(TokenUsage::costUsd)
              .filter(Objects::nonNull)
              .mapToDouble(Double::doubleValue)
              .summaryStatistics();
      return "\n## Usage\n\n"
          + usage(
              new TokenUsage(
                  last.values().stream().mapToLong(TokenUsage::inputTokens).sum(),
                  last.values().stream().mapToLong(TokenUsage::cachedInputTokens).sum(),
                  last.values().stream().mapToLong(TokenUsage::outputTokens).sum(),
                  usd.getCount() == 0 ? null : usd.getSum()))
          + "\n";
    }
  }
}
