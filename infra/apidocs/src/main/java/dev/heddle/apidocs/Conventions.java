package dev.heddle.apidocs;

import dev.heddle.rest.ErrorCode;
import dev.heddle.rest.Refuses;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;

/** Describes what the same kinds of operation have in common at every door of Heddle. */
final class Conventions implements GlobalOperationCustomizer {

  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final String IF_MATCH = "If-Match";
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final ProblemCodes codes;

  Conventions(ProblemCodes codes) {
    this.codes = codes;
  }

  @Override
  public Operation customize(Operation operation, HandlerMethod handler) {
    String stem = handler.getBeanType().getSimpleName().replaceFirst("Controller$", "");
    operation.setOperationId(
        stem.substring(0, 1).toLowerCase(Locale.ROOT)
            + stem.substring(1)
            + handler.getMethod().getName().substring(0, 1).toUpperCase(Locale.ROOT)
            + handler.getMethod().getName().substring(1));
    operation.setTags(List.of(stem.endsWith("h") ? stem + "es" : stem + "s"));
    withoutTheSummary(operation);
    List<Parameter> parameters =
        operation.getParameters() == null ? List.of() : operation.getParameters();
    parameters.forEach(Conventions::describe);
    answer(operation, handler, parameters);
    problems(operation, handler, parameters);
    return operation;
  }

  /** The first sentence is the summary; saying it twice helps nobody. */
  private static void withoutTheSummary(Operation operation) {
    String text = operation.getDescription();
    String summary = operation.getSummary();
    if (text != null && summary != null && text.startsWith(summary)) {
      String rest = text.substring(summary.length()).strip();
      operation.setDescription(rest.isEmpty() ? null : rest);
    }
  }

  private static void describe(Parameter parameter) {
    switch (parameter.getName()) {
      case IDEMPOTENCY_KEY -> {
        parameter.setSchema(new StringSchema().minLength(1).maxLength(255));
        parameter.setExample("5f0c6a3e-1f0b-4e0c-9a58-2d2f6f8f7b11");
        parameter.setDescription(
            "A text of your own that makes a repetition of this request do its work only once and"
                + " get the first answer again. Send the same key when you do not know whether the"
                + " first one arrived.");
      }
      case IF_MATCH -> {
        parameter.setExample("\"3\"");
        parameter.setDescription(
            "The `ETag` of what you have seen. The change is refused when someone else was faster;"
                + " without the header the last one wins.");
      }
      case LAST_EVENT_ID ->
          parameter.setDescription(
              "The `id` of the last event that you have; the stream goes on after it. It wins over"
                  + " `after`.");
      case "cursor" ->
          describeIfSilent(
              parameter, "The `nextCursor` of the page before; without it, the first page.");
      case "limit" -> describeIfSilent(parameter, "How many items a page has at most.");
      default -> {}
    }
    // The field's own words begin small, since they follow its name in Javadoc.
    String text = parameter.getDescription();
    if (text != null && !text.isEmpty() && Character.isLowerCase(text.charAt(0))) {
      parameter.setDescription(Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".");
    }
  }

  private static void describeIfSilent(Parameter parameter, String text) {
    if (parameter.getDescription() == null || parameter.getDescription().isEmpty()) {
      parameter.setDescription(text);
    }
  }

  private static void answer(
      Operation operation, HandlerMethod handler, List<Parameter> parameters) {
    ApiResponse ok = operation.getResponses().get("200");
    if (ok != null && isStream(handler)) {
      stream(ok);
    }
    operation
        .getResponses()
        .forEach((status, response) -> {
          if (!isStream(handler) && response.getContent() != null) {
            MediaType any = response.getContent().remove("*/*");
            if (any != null) {
              response.getContent().addMediaType("application/json", any);
            }
          }
          boolean madeLater = status.equals("202") && has(parameters, IDEMPOTENCY_KEY);
          if (status.equals("201") || madeLater) {
            response.addHeaderObject("Location", header("Where what was made can be read."));
          }
        });
    if (ok != null && has(parameters, IF_MATCH)) {
      ok.addHeaderObject("ETag", header("Its version, for If-Match."));
    }
  }

  private static void stream(ApiResponse response) {
    response.setDescription(
        """
        Server-sent events. Each `data` is one event as the list of events has it, and each `id`
        its place, to be sent back as `Last-Event-ID`. An event `reset` says that what was missed
        cannot be sent: load the transcript anew and go on from the `id` that comes with it.
        Comments keep the connection open.\
        """);
    response.setContent(
        new Content()
            .addMediaType(
                "text/event-stream",
                new MediaType()
                    .schema(new StringSchema())
                    .example(
                        """
                        : open

                        id: 1.3.42
                        data: {"id":"1.3.42","sessionId":"0199a2c4-7e00-7abc-8def-0123456789ab","attempt":1,"seq":7,"origin":"worker","at":"2026-11-21T10:15:30.123Z","body":{"kind":"engine.output","stream":"stdout","text":"hello","part":0,"more":false,"cleaned":false}}

                        """)));
  }

  private void problems(Operation operation, HandlerMethod handler, List<Parameter> parameters) {
    Set<String> names = new LinkedHashSet<>();
    Refuses own = handler.getMethodAnnotation(Refuses.class);
    if (own != null) {
      names.addAll(Arrays.asList(own.value()));
    }
    names.add("unauthenticated");
    if (!reads(handler)) {
      names.add("forbidden");
    }
    if (has(parameters, IDEMPOTENCY_KEY)) {
      names.addAll(List.of("bad_idempotency_key", "request_in_progress", "idempotency_key_reused"));
    }
    if (has(parameters, "cursor") || has(parameters, "after")) {
      names.add("bad_cursor");
    }
    if (Arrays.stream(handler.getMethodParameters())
        .anyMatch(parameter -> parameter.hasParameterAnnotation(RequestBody.class))) {
      names.addAll(
          List.of(
              "malformed_json",
              "validation_failed",
              "payload_too_large",
              "unsupported_media_type"));
    }
    names.addAll(List.of("database_unavailable", "database_busy"));
    Map<Integer, List<ErrorCode>> byStatus = new TreeMap<>();
    names.stream()
        .map(codes::of)
        .forEach(code ->
            byStatus.computeIfAbsent(code.status().value(), _ -> new ArrayList<>()).add(code));
    byStatus.forEach((status, together) ->
        operation.getResponses().addApiResponse(String.valueOf(status), problem(status, together)));
  }

  private static ApiResponse problem(int status, List<ErrorCode> together) {
    StringBuilder text = new StringBuilder();
    for (ErrorCode code : together) {
      text.append("- `%s`: %s\n".formatted(code.code(), code.title()));
    }
    ApiResponse response =
        new ApiResponse()
            .description(text.toString().strip())
            .content(
                new Content()
                    .addMediaType(
                        "application/problem+json",
                        new MediaType()
                            .schema(new Schema<>().$ref("#/components/schemas/Problem"))));
    if (status == 401) {
      response.addHeaderObject("WWW-Authenticate", header("Which kind of token is wanted."));
    }
    if (status == 503) {
      response.addHeaderObject(
          "Retry-After", new Header().description("Seconds to wait.").schema(new IntegerSchema()));
    }
    return response;
  }

  private static Header header(String description) {
    return new Header().description(description).schema(new StringSchema());
  }

  private static boolean has(List<Parameter> parameters, String name) {
    return parameters.stream().anyMatch(parameter -> parameter.getName().equals(name));
  }

  /** By its path: others write their answer themselves too, such as a file or a header of it. */
  private static boolean isStream(HandlerMethod handler) {
    GetMapping mapping = handler.getMethodAnnotation(GetMapping.class);
    return mapping != null
        && takes(handler, HttpServletResponse.class)
        && Arrays.stream(mapping.value()).anyMatch(path -> path.endsWith("/stream"));
  }

  private static boolean takes(HandlerMethod handler, Class<?> type) {
    return Arrays.stream(handler.getMethodParameters())
        .anyMatch(parameter -> parameter.getParameterType() == type);
  }

  private static boolean reads(HandlerMethod handler) {
    @Nullable RequestMapping mapping =
        AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), RequestMapping.class);
    return mapping != null && Arrays.asList(mapping.method()).contains(RequestMethod.GET);
  }
}
