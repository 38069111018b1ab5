package dev.heddle.worker.engine.codex;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Why a turn failed, or what it tries again after.
 *
 * @param codexErrorInfo a word, or an object of one member, named by the word, that may hold the
 *     HTTP status
 */
record TurnError(
    String message, @Nullable JsonNode codexErrorInfo, @Nullable String additionalDetails) {

  /** The word; empty where there is none. */
  String kind() {
    JsonNode info = codexErrorInfo;
    if (info == null) {
      return "";
    }
    if (info.isString()) {
      return info.stringValue();
    }
    return info.isObject() && !info.isEmpty() ? info.propertyNames().iterator().next() : "";
  }

  /** 0 where nobody says. */
  int httpStatus() {
    JsonNode info = codexErrorInfo;
    return info == null ? 0 : info.path(kind()).path("httpStatusCode").asInt(0);
  }

  /** For people. */
  String text() {
    return additionalDetails == null || additionalDetails.isBlank()
        ? message
        : message + ": " + additionalDetails;
  }
}
