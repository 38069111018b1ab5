package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.ApprovalKind;
import dev.heddle.contracts.ApprovalOption;
import dev.heddle.contracts.Decision;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.worker.engine.Ask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an agent asks by {@code session/request_permission}.
 *
 * @param tool as far as the request tells of it
 * @param paths of the files that it concerns, as the agent wrote them
 */
record AcpPermission(AcpUpdate.Tool tool, List<String> paths, List<ApprovalOption> options) {

  /** Kinds of tools that change files and nothing else. */
  private static final Set<String> EDITS = Set.of("edit", "delete", "move");

  /** Kinds of tools that change nothing. */
  private static final Set<String> READS = Set.of("read", "search", "think");

  AcpPermission {
    paths = List.copyOf(paths);
    options = List.copyOf(options);
  }

  /** Empty where it does not say for what. */
  static Optional<AcpPermission> of(JsonNode params) {
    JsonNode call = params.path("toolCall");
    if (!(AcpUpdate.tool(call, false) instanceof AcpUpdate.Tool tool)) {
      return Optional.empty();
    }
    List<String> paths = new ArrayList<>();
    call.path("locations").forEach(location -> paths.add(location.path("path").asString("")));
    call.path("content")
        .forEach(content -> {
          if (content.path("type").asString("").equals("diff")) {
            paths.add(content.path("path").asString(""));
          }
        });
    List<ApprovalOption> options = new ArrayList<>();
    for (JsonNode option : params.path("options")) {
      String id = option.path("optionId").asString("");
      options.add(
          new ApprovalOption(
              id, option.path("name").asString(id), kind(option.path("kind").asString(""))));
    }
    return Optional.of(new AcpPermission(tool, paths, options));
  }

  private static ApprovalOption.Kind kind(String kind) {
    return switch (kind) {
      case "allow_once" -> ApprovalOption.Kind.ALLOW_ONCE;
      case "allow_always" -> ApprovalOption.Kind.ALLOW_ALWAYS;
      case "reject_once" -> ApprovalOption.Kind.REJECT_ONCE;
      case "reject_always" -> ApprovalOption.Kind.REJECT_ALWAYS;
      default -> ApprovalOption.Kind.OTHER;
    };
  }

  /**
   * @param known what was said of the tool call before, which may be more than the request repeats
   */
  Ask ask(AcpUpdate.@Nullable Tool known) {
    String kind = tool.kind() != null || known == null ? tool.kind() : known.kind();
    String title = tool.title() != null || known == null ? tool.title() : known.title();
    String input = tool.input() != null || known == null ? tool.input() : known.input();
    return new Ask(
        ApprovalKind.APPROVAL,
        kind == null ? "other" : kind,
        title == null ? "Use of a tool" : title,
        input == null ? tool.result().diff() : input,
        options,
        false,
        null);
  }

  /** As of tools of MCP servers, which may do anything; some agents guess more by their names. */
  boolean isOfNoKnownKind() {
    return tool.kind() == null || tool.kind().equals("other");
  }

  /**
   * How it is answered without asking anybody.
   *
   * @return empty where a person is to be asked
   */
  Optional<Decision.Verdict> decidedBy(PermissionPosture posture, WorkspaceFiles workspace) {
    boolean inside = !paths.isEmpty() && paths.stream().allMatch(workspace::holds);
    String kind = tool.kind() == null ? "" : tool.kind();
    return switch (posture) {
      case FULL -> Optional.of(Decision.Verdict.ALLOWED);
      case EDIT ->
          inside && EDITS.contains(kind) ? Optional.of(Decision.Verdict.ALLOWED) : Optional.empty();
      // The agent's own mode for plans is what keeps it from changes; this is the second lock.
      case PLAN -> READS.contains(kind) ? Optional.empty() : Optional.of(Decision.Verdict.DENIED);
      case ASK -> Optional.empty();
    };
  }

  /**
   * The option that says so, by its kind, since each agent has ids of its own.
   *
   * @return empty where none does; then only a cancel says no
   */
  Optional<ApprovalOption> option(Decision.Verdict verdict) {
    return options.stream()
        .filter(option -> option.kind() != ApprovalOption.Kind.OTHER)
        .filter(option -> option.kind().rejects() == (verdict == Decision.Verdict.DENIED))
        // What holds once comes before what holds for longer.
        .min(Comparator.comparing(ApprovalOption::kind));
  }
}
