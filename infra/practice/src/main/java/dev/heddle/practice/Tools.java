package dev.heddle.practice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the agent does to files and with programs; before it changes anything it asks. */
final class Tools {

  /** How a tool call went. */
  enum Outcome {
    DONE,
    DENIED
  }

  private final Turn turn;
  private final Path directory;
  private int calls;

  /**
   * @param directory in which everything happens
   */
  Tools(Turn turn, Path directory) {
    this.turn = turn;
    this.directory = directory;
  }

  /** Looks around. */
  List<String> list() {
    ObjectNode call = call("Look around", "search", Client.object().put("path", "."));
    turn.updates().tool(call);
    List<String> names;
    try (Stream<Path> files = Files.list(directory)) {
      names =
          files
              .map(file -> file.getFileName() + (Files.isDirectory(file) ? "/" : ""))
              .filter(name -> !name.equals(".git") && !name.equals(".git/"))
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look into " + directory, e);
    }
    turn.updates().toolUpdate(id(call), "completed", text(String.join("\n", names)));
    return names;
  }

  /** Writes a file anew. */
  Outcome write(String name, String after) {
    Path file = directory.resolve(name);
    String before = read(file);
    ObjectNode call =
        call(
            (before.isEmpty() ? "Create " : "Edit ") + name,
            "edit",
            Client.object().put("path", file.toString()));
    call.putArray("locations").add(Client.object().put("path", file.toString()));
    ArrayNode diff = Client.JSON.createArrayNode();
    diff.add(
        Client.object()
            .put("type", "diff")
            .put("path", file.toString())
            .put("oldText", before)
            .put("newText", after));
    call.set("content", diff);
    turn.updates().tool(call);
    if (!allowed(call)) {
      turn.updates().toolUpdate(id(call), "failed", text("The person said no."));
      return Outcome.DENIED;
    }
    try {
      Files.writeString(file, after);
    } catch (IOException e) {
      turn.updates().toolUpdate(id(call), "failed", text(e.toString()));
      throw new UncheckedIOException("cannot write " + file, e);
    }
    turn.updates().toolUpdate(id(call), "completed", diff);
    return Outcome.DONE;
  }

  String read(String name) {
    return read(directory.resolve(name));
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** Runs a program, and shows what it prints. */
  Outcome run(List<String> command) {
    String line =
        command.stream()
            .map(word -> word.contains(" ") ? "'" + word + "'" : word)
            .collect(Collectors.joining(" "));
    ObjectNode call = call("Run " + line, "execute", Client.object().put("command", line));
    turn.updates().tool(call);
    if (!allowed(call)) {
      turn.updates().toolUpdate(id(call), "failed", text("The person said no."));
      return Outcome.DENIED;
    }
    turn.updates().toolUpdate(id(call), "in_progress", Client.JSON.createArrayNode());
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      turn.updates().toolUpdate(id(call), exit == 0 ? "completed" : "failed", text(output));
    } catch (IOException e) {
      turn.updates().toolUpdate(id(call), "failed", text(e.toString()));
    } catch (InterruptedException e) {
      throw new Turn.CancelledException();
    }
    return Outcome.DONE;
  }

  private boolean allowed(ObjectNode call) {
    JsonNode outcome =
        turn.await(turn.updates().permission(call))
            .map(answer -> answer.path("outcome"))
            .orElseGet(Client::object);
    if (!outcome.path("outcome").asString("").equals("selected")) {
      return false;
    }
    return !outcome.path("optionId").asString("no").equals("no");
  }

  private ObjectNode call(String title, String kind, ObjectNode input) {
    ObjectNode call =
        Client.object()
            .put("toolCallId", "call-%d-%d".formatted(turn.before().turns().size() + 1, ++calls))
            .put("title", title)
            .put("kind", kind);
    call.set("rawInput", input);
    return call;
  }

  private static String id(ObjectNode call) {
    return call.path("toolCallId").asString("");
  }

  private static ArrayNode text(String text) {
    ObjectNode piece = Client.object().put("type", "content");
    piece.putObject("content").put("type", "text").put("text", text);
    return Client.JSON.createArrayNode().add(piece);
  }
}
