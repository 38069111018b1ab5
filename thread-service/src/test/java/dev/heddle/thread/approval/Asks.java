package dev.heddle.thread.approval;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What engines ask, as short as a test wants it. */
final class Asks {

  private Asks() {}

  static ApprovalRequested run(String command) {
    return tool("Bash", command, false);
  }

  static ApprovalRequested tool(String tool, String input, boolean truncated) {
    return new ApprovalRequested(
        new ApprovalId(UUID.randomUUID()),
        ApprovalKind.APPROVAL,
        tool,
        "Run it",
        input,
        truncated,
        List.of(
            new ApprovalOption("y", "Yes", ApprovalOption.Kind.ALLOW_ONCE),
            new ApprovalOption("s", "Yes, for now", ApprovalOption.Kind.ALLOW_SESSION),
            new ApprovalOption("a", "Always", ApprovalOption.Kind.ALLOW_ALWAYS),
            new ApprovalOption("n", "No", ApprovalOption.Kind.REJECT_ONCE)),
        false,
        null);
  }

  static ApprovalRequested expiring(Instant at) {
    ApprovalRequested ask = run("make");
    return new ApprovalRequested(
        ask.approvalId(),
        ask.kind(),
        ask.tool(),
        ask.title(),
        ask.input(),
        false,
        ask.options(),
        false,
        at);
  }

  static ApprovalRequested question(String title) {
    return new ApprovalRequested(
        new ApprovalId(UUID.randomUUID()),
        ApprovalKind.QUESTION,
        null,
        title,
        null,
        false,
        List.of(new ApprovalOption("pg", "PostgreSQL", ApprovalOption.Kind.ANSWER)),
        true,
        null);
  }
}
