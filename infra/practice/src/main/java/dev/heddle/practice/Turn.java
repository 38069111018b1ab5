package dev.heddle.practice;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One answer to a prompt: says things word by word, and hears meanwhile when it is to end, or when
 * a person adds something.
 */
final class Turn {

  /** A usual rule of thumb. */
  private static final int CHARACTERS_OF_A_TOKEN = 4;

  /** The client wants it to end. */
  static final class CancelledException extends RuntimeException {}

  /**
   * How it ended.
   *
   * @param reason in the words of the protocol
   */
  record End(String reason, long inputTokens, long outputTokens) {

    JsonNode toJson() {
      ObjectNode result = Client.object().put("stopReason", reason);
      result
          .putObject("usage")
          .put("inputTokens", inputTokens)
          .put("outputTokens", outputTokens)
          .put("totalTokens", inputTokens + outputTokens);
      return result;
    }
  }

  private final Updates updates;
  private final Conversation before;
  private final String prompt;
  private final boolean plansOnly;
  private final boolean asksQuestions;
  private final Duration pace;
  private final Consumer<String> crash;
  private final StringBuilder answer = new StringBuilder();
  private final Deque<String> added = new ArrayDeque<>();
  private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
  private final CompletableFuture<End> ended = new CompletableFuture<>();
  private long written;
  private boolean over;

  /**
   * @param before the conversation so far
   * @param plansOnly whether it must not change anything
   * @param asksQuestions whether the client takes questions
   */
  Turn(
      Updates updates,
      Conversation before,
      String prompt,
      boolean plansOnly,
      boolean asksQuestions,
      Duration pace,
      Consumer<String> crash) {
    this.updates = updates;
    this.before = before;
    this.prompt = prompt;
    this.plansOnly = plansOnly;
    this.asksQuestions = asksQuestions;
    this.pace = pace;
    this.crash = crash;
  }

  /**
   * Plays it to its end.
   *
   * @param keep gets the answer, before anybody hears of the end
   */
  void run(Consumer<String> keep) {
    String reason = "end_turn";
    Throwable failure = null;
    try {
      new Script(this).play();
    } catch (CancelledException e) {
      reason = "cancelled";
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    synchronized (this) {
      over = true;
    }
    try {
      keep.accept(answer.toString());
    } catch (RuntimeException | Error e) {
      // Whatever it is, a client that gets no answer would wait for ever.
      failure = e;
    }
    if (failure == null) {
      ended.complete(new End(reason, tokens(heard()), tokens(written)));
    } else {
      ended.completeExceptionally(failure);
    }
  }

  private long heard() {
    return prompt.length()
        + before.turns().stream()
            .mapToLong(turn -> turn.prompt().length() + turn.answer().length())
            .sum();
  }

  private static long tokens(long characters) {
    return (characters + CHARACTERS_OF_A_TOKEN - 1) / CHARACTERS_OF_A_TOKEN;
  }

  CompletableFuture<End> ended() {
    return ended.copy();
  }

  void cancel() {
    cancelled.complete(null);
  }

  /**
   * A person adds something.
   *
   * @return false where it is too late
   */
  synchronized boolean join(String text) {
    if (over || cancelled.isDone()) {
      return false;
    }
    added.add(text);
    return true;
  }

  /** What was added since it was last asked. */
  synchronized List<String> takeAdded() {
    List<String> taken = new ArrayList<>(added);
    added.clear();
    return taken;
  }

  /** Ends the turn to everybody else, unless something was added that it has not taken up. */
  synchronized boolean end() {
    over = added.isEmpty();
    return over;
  }

  String prompt() {
    return prompt;
  }

  Conversation before() {
    return before;
  }

  boolean plansOnly() {
    return plansOnly;
  }

  boolean asksQuestions() {
    return asksQuestions;
  }

  Updates updates() {
    return updates;
  }

  void crash(String reason) {
    crash.accept(reason);
  }

  /** Says a paragraph, word by word. */
  void say(String text) {
    answer.append(text).append("\n\n");
    write("agent_message_chunk", text + "\n\n");
  }

  void think(String text) {
    write("agent_thought_chunk", text + "\n");
  }

  private void write(String kind, String text) {
    written += text.length();
    for (String word : text.split("(?<=\\s)(?=\\S)", -1)) {
      updates.text(kind, word);
      pause(pace);
    }
  }

  /** Waits, unless it is cancelled. */
  void pause(Duration time) {
    try {
      cancelled.get(Math.max(1, time.toMillis()), TimeUnit.MILLISECONDS);
      throw new CancelledException();
    } catch (TimeoutException e) {
      // It goes on.
    } catch (InterruptedException | ExecutionException e) {
      throw new CancelledException();
    }
  }

  /** The result; empty where it did not come. */
  Optional<JsonNode> await(CompletableFuture<JsonNode> result) {
    CompletableFuture.anyOf(result, cancelled).join();
    if (cancelled.isDone()) {
      throw new CancelledException();
    }
    return Optional.ofNullable(result.join());
  }
}
