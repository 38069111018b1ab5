package dev.heddle.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Lists threads, and takes them from one installation to another. */
@Command(
    name = "threads",
    description = {
      "List threads, the latest first; 'heddle threads export' and 'heddle threads import' take one",
      "to another installation."
    },
    footer = {
      "",
      "Examples:",
      "  heddle threads --project shop",
      "  heddle threads export 0199a2c4 -o thread.json",
      "  heddle threads export 0199a2c4 --markdown",
      "  heddle threads import thread.json --project shop"
    },
    subcommands = {Threads.Export.class, Threads.Import.class},
    exitCodeList = {
      ExitCode.HELP_OK,
      ExitCode.HELP_USAGE,
      ExitCode.HELP_UNREACHABLE,
      ExitCode.HELP_REFUSED
    })
final class Threads implements Callable<Integer> {

  @Option(names = "--project", paramLabel = "NAME", description = "Only of this project.")
  @Nullable String project;

  @Option(names = "--status", paramLabel = "S", description = "Only with this run status.")
  @Nullable String status;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "At most so many. Default: ${DEFAULT-VALUE}.")
  int limit;

  @Mixin ServerOptions server = new ServerOptions();
  @Mixin OutputOptions output = new OutputOptions();

  private final Context context;

  Threads(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String path = new Query("api/threads").with("project", project).with("status", status).path();
    return Lists.print(
        context,
        output,
        context.gateway(server).list(path, limit),
        new Lists.Column("ID", "id"),
        new Lists.Column("PROJECT", "project"),
        new Lists.Column("STATUS", "status"),
        Lists.PERMISSION,
        new Lists.Column("TITLE", "title"));
  }

  /** Writes a thread to a file, or to the terminal. */
  @Command(
      name = "export",
      description = {
        "Write everything of a thread as one JSON document, which 'heddle threads import' reads, or",
        "its active branch as Markdown for people."
      },
      exitCodeList = {
        ExitCode.HELP_OK,
        ExitCode.HELP_USAGE,
        ExitCode.HELP_UNREACHABLE,
        ExitCode.HELP_REFUSED
      })
  static final class Export implements Callable<Integer> {

    @Parameters(
        index = "0",
        paramLabel = "ID",
        description = "Of the thread; its beginning or its end is enough.")
    String id = "";

    @Option(names = "--markdown", description = "As Markdown instead of JSON.")
    boolean markdown;

    @Option(
        names = {"-o", "--output"},
        paramLabel = "FILE",
        description = "Into this file, which must not be there yet, instead of the terminal.")
    @Nullable Path file;

    @Mixin ServerOptions server = new ServerOptions();

    private final Context context;

    Export(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      Gateway gateway = context.gateway(server);
      String thread = new Ids(gateway).thread(id);
      String path = "api/threads/" + thread + "/export" + (markdown ? "?format=markdown" : "");
      if (file == null) {
        gateway.download(path, context.terminal().out());
        context.terminal().out().flush();
        return ExitCode.OK;
      }
      try (OutputStream to = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
        gateway.download(path, to);
      } catch (FileAlreadyExistsException e) {
        throw new CommandFailure(ExitCode.USAGE, file + " is there already; name another file");
      } catch (IOException e) {
        throw new CommandFailure(ExitCode.ENVIRONMENT, "cannot write " + file);
      } catch (CommandFailure e) {
        discard(file);
        throw e;
      }
      context.terminal().line("thread " + thread + " written to " + file);
      return ExitCode.OK;
    }

    /** Half an export is of no use to anybody. */
    private static void discard(Path half) {
      try {
        Files.deleteIfExists(half);
      } catch (IOException e) {
        throw new CommandFailure(ExitCode.ENVIRONMENT, "the export broke off; delete " + half);
      }
    }
  }

  /** Makes a thread of an exported one. */
  @Command(
      name = "import",
      description = {
        "Make a thread of a document that 'heddle threads export' has written. It gets an id of its",
        "own and nothing runs: pending approvals are withdrawn, and follow-ups wait until you let",
        "them go on."
      },
      exitCodeList = {
        ExitCode.HELP_OK,
        ExitCode.HELP_USAGE,
        ExitCode.HELP_UNREACHABLE,
        ExitCode.HELP_REFUSED,
        ExitCode.HELP_ENVIRONMENT
      })
  static final class Import implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FILE", description = "The exported document.")
    Path file = Path.of("");

    @Option(
        names = "--project",
        paramLabel = "NAME",
        required = true,
        description = "The project that it comes to.")
    String project = "";

    @Option(names = "--keep-id", description = "Keep the thread's id, which must be free.")
    boolean keepId;

    @Option(
        names = "--idempotency-key",
        paramLabel = "KEY",
        description = "Repeating the command with the same key makes no second thread.")
    @Nullable String idempotencyKey;

    @Mixin ServerOptions server = new ServerOptions();
    @Mixin OutputOptions output = new OutputOptions();

    private final Context context;

    Import(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      String path =
          new Query("api/threads/import")
              .with("project", project)
              .with("keepId", keepId ? "true" : null)
              .path();
      JsonNode made =
          context
              .gateway(server)
              .upload(
                  path,
                  file,
                  idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey);
      if (output.json) {
        output.print(context.terminal(), made);
        return ExitCode.OK;
      }
      Terminal terminal = context.terminal();
      terminal.line("thread " + made.path("threadId").asString("") + " imported");
      int held = made.path("heldFollowUps").asInt(0);
      if (held > 0) {
        terminal.line(held + " follow-ups wait until somebody lets them go on");
      }
      int withdrawn = made.path("withdrawnApprovals").asInt(0);
      if (withdrawn > 0) {
        terminal.line(withdrawn + " pending approvals were withdrawn");
      }
      return ExitCode.OK;
    }
  }
}
