package dev.heddle.rest;

import java.util.List;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;

/** Says where and why a JSON body could not be read, without naming our classes. */
final class BodyProblems {
  private BodyProblems() {}

  static Problem describe(HttpMessageNotReadableException unreadable) {
    for (Throwable cause = unreadable; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case BodyTooLargeException e -> {
          return Problems.tooLarge(e.limitBytes());
        }
        case ProblemException e -> {
          return Problem.of(e);
        }
        case StreamReadException e -> {
          return malformed(e);
        }
        case DatabindException e -> {
          return field(e);
        }
        default -> {}
      }
    }
    return new Problem(RestError.MALFORMED_JSON, "A JSON body is required.");
  }

  private static Problem malformed(StreamReadException e) {
    TokenStreamLocation at = e.getLocation();
    String what = e instanceof UnexpectedEndOfInputException ? "it ends too early" : firstLine(e);
    if (at == null) {
      return new Problem(RestError.MALFORMED_JSON, "The JSON cannot be read: " + what + ".");
    }
    return new Problem(
            RestError.MALFORMED_JSON,
            "The JSON cannot be read at line %d, column %d: %s."
                .formatted(at.getLineNr(), at.getColumnNr(), what))
        .with("line", at.getLineNr())
        .with("column", at.getColumnNr());
  }

  private static String firstLine(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage());
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    return line.length() > 200 ? line.substring(0, 200) + "…" : line;
  }

  private static Problem field(DatabindException e) {
    String field = path(e);
    InvalidField error =
        switch (e) {
          case InvalidFormatException bad
              when bad.getTargetType() != null && bad.getTargetType().isEnum() -> {
            List<String> allowed = AllowedValues.of(bad.getTargetType());
            yield new InvalidField(field, "must be one of " + String.join(", ", allowed), allowed);
          }
          case InvalidTypeIdException bad -> error(field, "has a type that is not known here");
          case UnrecognizedPropertyException bad -> error(field, "is not known here");
          case ValueInstantiationException bad -> error(field, refusal(bad));
          case MismatchedInputException bad ->
              error(field, "must be " + AllowedValues.nameOf(bad.getTargetType()));
          default -> error(field, refusal(e));
        };
    return InvalidFields.problem(List.of(error));
  }

  private static InvalidField error(String field, String message) {
    return new InvalidField(field, message, null);
  }

  /** A record's own constructor says in its IllegalArgumentException what is wrong with a value. */
  private static String refusal(DatabindException e) {
    return e.getCause() instanceof IllegalArgumentException refused && refused.getMessage() != null
        ? refused.getMessage()
        : "has a value that cannot be read";
  }

  private static String path(JacksonException e) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
      }
    }
    return path.toString();
  }
}
