package dev.heddle.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Projects. */
@Command(
    name = "projects",
    description = "List the projects; 'heddle projects create' makes one.",
    footer = {
      "",
      "Examples:",
      "  heddle projects",
      "  heddle projects create shop --repository https://git.example.org/shop.git"
    },
    subcommands = Projects.Create.class,
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Projects implements Callable<Integer> {

  private static final int LIMIT = 1_000;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Projects(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    return Lists.print(
        context,
        output,
        context.gateway(server).list("api/projects", LIMIT),
        new Lists.Column("NAME", "name"),
        new Lists.Column("REPOSITORY", "repository"),
        Lists.PERMISSION,
        new Lists.Column("ID", "id"));
  }

  private static JsonNode create(
      Gateway gateway, String name, @Nullable String repository, boolean pushCheckpoints) {
    ObjectNode request = Gateway.JSON.createObjectNode();
    request.put("name", name);
    if (repository != null) {
      request.put("repository", absolute(repository));
    }
    if (pushCheckpoints) {
      request.put("pushCheckpoints", true);
    }
    return gateway.post("api/projects", request, null);
  }

  static void createIfMissing(Gateway gateway, String name, @Nullable String repository) {
    if (find(gateway, name).isEmpty()) {
      create(gateway, name, repository, false);
    }
  }

  static Optional<JsonNode> find(Gateway gateway, String name) {
    return gateway.list("api/projects", LIMIT).stream()
        .filter(project -> project.path("name").asString("").equals(name))
        .findFirst();
  }

  /** A folder is named as the person sees it; the server knows only absolute ones. */
  private static String absolute(String repository) {
    if (repository.contains("://") || repository.contains("@")) {
      return repository;
    }
    Path folder = Path.of(repository);
    return Files.isDirectory(folder) ? folder.toAbsolutePath().normalize().toString() : repository;
  }

  /** Makes a project. */
  @Command(
      name = "create",
      description = "Create a project: a name, and mostly a git repository to work in.",
      exitCodeList = {
        ExitCode.HELP_OK,
        ExitCode.HELP_USAGE,
        ExitCode.HELP_UNREACHABLE,
        ExitCode.HELP_REFUSED
      })
  static final class Create implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "Such as shop.")
    String name = "";

    @Option(
        names = "--repository",
        paramLabel = "URL|FOLDER",
        description = "The git repository; without one, runs work in an empty folder.")
    @Nullable String repository;

    @Option(
        names = "--push-checkpoints",
        description =
            "Push the checkpoints of its threads to the repository, under refs/heddle, so that a"
                + " thread can go on from its files on another machine.")
    boolean pushCheckpoints;

    @Mixin ServerOptions server = new ServerOptions();
    @Mixin OutputOptions output = new OutputOptions();

    private final Context context;

    Create(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      JsonNode project = create(context.gateway(server), name, repository, pushCheckpoints);
      if (output.json) {
        output.print(context.terminal(), project);
      } else {
        context
            .terminal()
            .line("project " + name + " created (" + project.path("id").asString("") + ")");
      }
      return ExitCode.OK;
    }
  }
}
