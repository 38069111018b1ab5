package dev.heddle.worker.run;

import dev.heddle.contracts.ApprovalId;
import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.CommandId;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.SessionFact.ApprovalRequested;
import dev.heddle.contracts.SessionFact.ApprovalWithdrawn;
import dev.heddle.contracts.SessionFact.CommandAnswered;
import dev.heddle.worker.engine.Ask;
import dev.heddle.worker.engine.Asked;
import dev.heddle.worker.engine.Ruling;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the engine of one run has asked and has no ruling of yet. Each is settled once, and said to
 * be so before the engine hears of it: what it asks next comes behind that.
 */
final class OpenQuestions {

  /** Of an ask's input, in UTF-8; a person reads no more, and a record stays small. */
  static final int LIMIT_BYTES = 16 * 1024;

  private record Open(ApprovalKind kind, CompletableFuture<Ruling> ruling) {}

  private final Report report;
  private final Map<ApprovalId, Open> open = new LinkedHashMap<>();
  private @Nullable String over;
  private volatile boolean waits;
  private volatile Runnable changed = () -> {};

  OpenQuestions(Report report) {
    this.report = report;
  }

  /** Whether the engine waits for a person. */
  boolean waits() {
    return waits;
  }

  /** Called, from now on, when that has changed; without any lock of a run. */
  void onChange(Runnable listener) {
    changed = listener;
  }

  Asked ask(ApprovalId id, Ask ask) {
    Asked asked = new Asked(id, new CompletableFuture<>());
    List<Runnable> settled = new ArrayList<>();
    synchronized (this) {
      if (over != null) {
        var _ = asked.ruling().complete(new Ruling.Withdrawn(over));
        return asked;
      }
      if (ask.kind() == ApprovalKind.QUESTION) {
        open.entrySet().stream()
            .filter(one -> one.getValue().kind == ApprovalKind.QUESTION)
            .map(Map.Entry::getKey)
            .toList()
            .forEach(older -> settled.add(drop(older, "a newer question took its place", true)));
      }
      String input = cut(ask.input());
      report.fact(
          new ApprovalRequested(
              id,
              ask.kind(),
              ask.tool(),
              ask.title(),
              input,
              ask.input() != null && !ask.input().equals(input),
              ask.options(),
              ask.freeText(),
              ask.expiresAt()));
      open.put(id, new Open(ask.kind(), asked.ruling()));
      waits = true;
    }
    settled.forEach(Runnable::run);
    changed.run();
    return asked;
  }

  /** Says what became of a decision, and tells the engine. */
  void decide(CommandId command, Decision decision) {
    Open one;
    synchronized (this) {
      one = open.remove(decision.approvalId());
      report.fact(
          one == null
              ? new CommandAnswered(
                  command, false, "the engine does not wait for it any more", decision.approvalId())
              : new CommandAnswered(command, true, null, decision.approvalId()));
      waits = !open.isEmpty();
    }
    if (one != null) {
      changed.run();
      one.ruling.completeAsync(() -> new Ruling.Decided(decision));
    }
  }

  void withdraw(ApprovalId id, String reason) {
    Runnable settled;
    synchronized (this) {
      if (!open.containsKey(id)) {
        return;
      }
      settled = drop(id, reason, true);
      waits = !open.isEmpty();
    }
    changed.run();
    settled.run();
  }

  /**
   * Nothing is asked any more, and what was is settled.
   *
   * @param told whether that is reported
   */
  void end(String reason, boolean told) {
    List<Runnable> settled = new ArrayList<>();
    synchronized (this) {
      if (over != null) {
        return;
      }
      over = reason;
      List.copyOf(open.keySet()).forEach(id -> settled.add(drop(id, reason, told)));
      waits = false;
    }
    changed.run();
    settled.forEach(Runnable::run);
  }

  private Runnable drop(ApprovalId id, String reason, boolean told) {
    Open one = open.remove(id);
    if (told) {
      report.fact(new ApprovalWithdrawn(id, reason));
    }
    return () -> {
      if (one != null) {
        one.ruling.completeAsync(() -> new Ruling.Withdrawn(reason));
      }
    };
  }

  /** What fits, without a broken character at its end. */
  private static @Nullable String cut(@Nullable String text) {
    if (text == null || text.length() <= LIMIT_BYTES / 3) {
      return text;
    }
    ByteBuffer bytes = ByteBuffer.allocate(LIMIT_BYTES);
    CharBuffer chars = CharBuffer.wrap(text);
    var _ = StandardCharsets.UTF_8.newEncoder().encode(chars, bytes, true);
    return text.substring(0, chars.position());
  }
}
