package dev.heddle.worker.engine;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an engine wants to know of a person.
 *
 * @param tool that it wants to use; null where it only asks
 * @param title one line for people
 * @param input of the tool, JSON or text, or the question at length; cut where it is too long
 * @param freeText whether an answer in words is taken
 * @param expiresAt until when it waits; null for as long as it runs
 */
public record Ask(
    ApprovalKind kind,
    @Nullable String tool,
    String title,
    @Nullable String input,
    List<ApprovalOption> options,
    boolean freeText,
    @Nullable Instant expiresAt) {

  public Ask {
    options = List.copyOf(options);
  }

  /** Names no input, which may hold what is nobody else's business. */
  @Override
  public String toString() {
    return "Ask[kind=%s, tool=%s]".formatted(kind, tool);
  }
}
