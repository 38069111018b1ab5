package dev.heddle.practice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What was said in one conversation, kept in a file, so that a later process can go on.
 *
 * @param directory in which it works
 * @param turns in their order
 */
record Conversation(String id, String directory, List<Turn> turns) {

  /** Ids become names of files. */
  private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");

  /** What a person said, and what the agent answered. */
  record Turn(String prompt, String answer) {}

  Conversation {
    turns = List.copyOf(turns);
  }

  /** Empty where there is none of this id. */
  static Optional<Conversation> read(Path home, String id) throws IOException {
    if (!ID.matcher(id).matches() || !Files.exists(file(home, id))) {
      return Optional.empty();
    }
    return Optional.of(
        Client.JSON.readValue(Files.readAllBytes(file(home, id)), Conversation.class));
  }

  /** Whole or not at all. */
  void write(Path home) throws IOException {
    Files.createDirectories(home);
    Path aside = home.resolve(id + ".new");
    Files.write(aside, Client.JSON.writeValueAsBytes(this));
    Files.move(
        aside, file(home, id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path file(Path home, String id) {
    return home.resolve(id + ".json");
  }
}
