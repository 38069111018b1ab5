package dev.heddle.rest;

import jakarta.validation.ConstraintViolationException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.BindException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingPathVariableException;
import org.springframework.web.bind.MissingRequestHeaderException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Says as a problem what an exception means for a client. */
final class Problems {
  private static final Logger log = LoggerFactory.getLogger(Problems.class);

  private Problems() {}

  /** The problem for any exception; what is nobody's fault but ours is logged with its id. */
  static Problem describe(Throwable failure, String request) {
    Problem known = known(failure);
    for (Throwable cause = failure; known == null && cause != null; cause = cause.getCause()) {
      // Deeper down only our own word counts: a framework's exception there is about our own doing.
      known =
          cause instanceof ProblemException || cause instanceof BodyTooLargeException
              ? known(cause)
              : null;
    }
    if (known != null) {
      return known;
    }
    Problem database = DatabaseProblems.describe(failure);
    if (database != null) {
      log.atWarn()
          .addKeyValue("request", request)
          .addKeyValue("code", database.code().code())
          .setCause(failure)
          .log("request failed on the database");
      return database;
    }
    String errorId = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    log.atError()
        .addKeyValue("errorId", errorId)
        .addKeyValue("request", request)
        .setCause(failure)
        .log("request failed unexpectedly");
    return new Problem(
            RestError.INTERNAL,
            "This is a defect; the server's log holds its cause under this errorId.")
        .with("errorId", errorId);
  }

  /** Framework exceptions speak for themselves; anything else is left to the callers. */
  private static @Nullable Problem known(Throwable failure) {
    return switch (failure) {
      case ProblemException e -> Problem.of(e);
      case BodyTooLargeException e -> tooLarge(e.limitBytes());
      case InvalidParameterException e ->
          new Problem(RestError.INVALID_PARAMETER, "The query is not properly encoded.");
      case HttpMessageNotReadableException e -> BodyProblems.describe(e);
      case BindException e -> InvalidFields.of(e);
      case HandlerMethodValidationException e -> e.isForReturnValue() ? null : InvalidFields.of(e);
      case ConstraintViolationException e -> InvalidFields.of(e);
      case TypeMismatchException e -> wrongType(e);
      case MissingServletRequestParameterException e ->
          missing("query parameter", e.getParameterName());
      case MissingRequestHeaderException e -> missing("header", e.getHeaderName());
      case MissingPathVariableException e -> null;
      case ServletRequestBindingException e ->
          new Problem(RestError.MISSING_PARAMETER, e.getBody().getDetail() + "");
      case HttpRequestMethodNotSupportedException e -> methodNotAllowed(e);
      case HttpMediaTypeNotSupportedException e -> unsupported(e);
      case HttpMediaTypeNotAcceptableException e ->
          new Problem(
              RestError.NOT_ACCEPTABLE,
              "Accept must allow " + join(e.getSupportedMediaTypes()) + ".");
      case NoResourceFoundException e -> notFound();
      case NoHandlerFoundException e -> notFound();
      case MaxUploadSizeExceededException e -> tooLarge(e.getMaxUploadSize());
      case AsyncRequestTimeoutException e ->
          new Problem(RestError.UNAVAILABLE, "The answer took too long; ask again.")
              .retryAfter(Duration.ofSeconds(1));
      case ErrorResponse e when e.getStatusCode().is4xxClientError() ->
          new Problem(PlainStatus.of(e.getStatusCode().value()), e.getBody().getDetail() + "");
      default -> null;
    };
  }

  static Problem forStatus(int status) {
    return switch (status) {
      case 400 -> new Problem(RestError.BAD_REQUEST, "The request could not be read.");
      case 404 -> notFound();
      case 413 -> new Problem(RestError.PAYLOAD_TOO_LARGE, "Send a smaller body.");
      case 503 ->
          new Problem(RestError.UNAVAILABLE, "Ask again.").retryAfter(Duration.ofSeconds(1));
      default -> new Problem(PlainStatus.of(status), "The request was refused.");
    };
  }

  static Problem notFound() {
    return new Problem(RestError.NOT_FOUND, "No operation has this path; look for a misspelling.");
  }

  static Problem tooLarge(long limitBytes) {
    return new Problem(
            RestError.PAYLOAD_TOO_LARGE, "The body may have at most " + limitBytes + " bytes.")
        .with("limitBytes", limitBytes);
  }

  private static Problem missing(String kind, String name) {
    return new Problem(RestError.MISSING_PARAMETER, "The " + kind + " " + name + " is required.")
        .with("parameter", name);
  }

  private static Problem wrongType(TypeMismatchException e) {
    String name =
        e instanceof MethodArgumentTypeMismatchException argument
            ? argument.getName()
            : String.valueOf(e.getPropertyName());
    Class<?> type = e.getRequiredType();
    if (type != null && type.isEnum()) {
      List<String> allowed = AllowedValues.of(type);
      return new Problem(
              RestError.INVALID_PARAMETER,
              name + " must be one of " + String.join(", ", allowed) + ".")
          .with("parameter", name)
          .with("allowed", allowed);
    }
    // What the converter of a domain type had to say is written for people; other messages are not.
    Throwable root = e.getMostSpecificCause();
    String said =
        root instanceof ProblemException problem
            ? problem.detail()
            : name + " is not a valid " + AllowedValues.nameOf(type) + ".";
    return new Problem(RestError.INVALID_PARAMETER, said).with("parameter", name);
  }

  private static Problem methodNotAllowed(HttpRequestMethodNotSupportedException e) {
    var methods = new TreeSet<String>();
    if (e.getSupportedHttpMethods() != null) {
      for (HttpMethod method : e.getSupportedHttpMethods()) {
        methods.add(method.name());
      }
    }
    String allow = String.join(", ", methods);
    return new Problem(
        RestError.METHOD_NOT_ALLOWED,
        e.getMethod() + " is not supported here; use " + allow + ".",
        Map.of(),
        Map.of(HttpHeaders.ALLOW, allow));
  }

  private static Problem unsupported(HttpMediaTypeNotSupportedException e) {
    String accepted = join(e.getSupportedMediaTypes());
    return new Problem(
        RestError.UNSUPPORTED_MEDIA_TYPE,
        "Content-Type must be one of " + accepted + ".",
        Map.of(),
        Map.of(HttpHeaders.ACCEPT, accepted));
  }

  private static String join(List<MediaType> types) {
    return String.join(", ", types.stream().map(MediaType::toString).distinct().toList());
  }

  /** For the statuses that have no code of ours: the standard's own words. */
  private record PlainStatus(String name, Meaning meaning) implements ErrorCode {

    static PlainStatus of(int value) {
      HttpStatus resolved = HttpStatus.resolve(value);
      HttpStatus status = resolved == null ? HttpStatus.INTERNAL_SERVER_ERROR : resolved;
      return new PlainStatus(status.name(), new Meaning(status, status.getReasonPhrase()));
    }
  }
}
