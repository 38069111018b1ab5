package dev.heddle.testkit.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One reply of a model, the same for every wire. */
public sealed interface ModelReply {

  /** A piece of an answer. */
  sealed interface Block {}

  /** Text, in the pieces in which it is streamed. */
  record Says(List<String> chunks) implements Block {

    public Says {
      chunks = List.copyOf(chunks);
    }
  }

  /** Reasoning, in the pieces in which it is streamed. */
  record Thinks(List<String> chunks) implements Block {

    public Thinks {
      chunks = List.copyOf(chunks);
    }
  }

  /**
   * A call of a tool.
   *
   * @param tool by the engine's name
   */
  record Calls(String tool, JsonNode input) implements Block {}

  /** A whole answer. */
  record Answers(List<Block> blocks, Served usage) implements ModelReply {

    public Answers {
      blocks = List.copyOf(blocks);
    }

    /** The same with more behind it. */
    public Answers and(Answers more) {
      List<Block> all = new ArrayList<>(blocks);
      all.addAll(more.blocks);
      return new Answers(all, usage);
    }

    /** The same with this usage. */
    public Answers costing(long input, long cached, long output) {
      return new Answers(blocks, new Served(input, cached, output));
    }

    /** What ends the turn after it: whether the engine is to call a tool. */
    public boolean calls() {
      return blocks.stream().anyMatch(Calls.class::isInstance);
    }
  }

  /** An error in place of an answer. */
  record Fails(int status, String type, String message) implements ModelReply {}

  /** A refusal for now. */
  record RateLimited(int retryAfterSeconds) implements ModelReply {}

  /**
   * An answer whose connection breaks.
   *
   * @param afterEvents how many events of the stream come before
   */
  record CutShort(Answers answer, int afterEvents) implements ModelReply {}

  /** An answer that begins, and then goes on only when the server is told to let go. */
  record Hangs(Answers answer, int afterEvents) implements ModelReply {}

  /** What an answer costs where a test does not say. */
  Served ORDINARY = new Served(100, 40, 10);

  /** Text, in the pieces in which it is streamed. */
  static Answers says(String... chunks) {
    return new Answers(List.of(new Says(Arrays.asList(chunks))), ORDINARY);
  }

  /** Reasoning, in the pieces in which it is streamed. */
  static Answers thinks(String... chunks) {
    return new Answers(List.of(new Thinks(Arrays.asList(chunks))), ORDINARY);
  }

  /**
   * A call of a tool.
   *
   * @param input a JSON object
   */
  static Answers calls(String tool, String input) {
    return new Answers(List.of(new Calls(tool, JsonMapper.shared().readTree(input))), ORDINARY);
  }
}
