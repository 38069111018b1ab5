package dev.heddle.testkit.model;

import dev.heddle.testkit.model.ModelReply.Answers;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How a model is spoken to; see {@link ModelServer}. */
public interface Wire {

  /** What a request is for. */
  enum Purpose {
    /** The work: takes the next reply of the script. */
    TURN,
    /** Something beside it, such as a title; has an answer of its own. */
    ASIDE,
    /** No question to a model, such as a count of tokens. */
    OTHER
  }

  /**
   * What a request is for.
   *
   * @param body a missing node where there is none, or it is no JSON
   */
  Purpose purposeOf(String method, String path, JsonNode body);

  /** What a question to a model is for: titles, summaries and the like are asked without tools. */
  static Purpose byTools(JsonNode body) {
    return body.path("tools").isArray() && !body.path("tools").isEmpty()
        ? Purpose.TURN
        : Purpose.ASIDE;
  }

  /** What a request beside the work is answered. */
  Answers aside(JsonNode body);

  /**
   * The body that answers what is no question to a model.
   *
   * @return null for not found
   */
  @Nullable String other(String method, String path, JsonNode body);

  /**
   * An answer as server-sent events, each with its blank line.
   *
   * @param number of the answer, to make ids of
   */
  List<String> events(JsonNode body, Answers answer, int number);

  /** The same answer in one piece, for a request that wants no stream. */
  String whole(JsonNode body, Answers answer, int number);

  /** The body of an error. */
  String error(int status, String type, String message);
}
