package dev.heddle.cli;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Finds what a shortened id means. */
final class Ids {

  private static final int FULL = 36;
  private static final int SEARCHED = 500;

  private final Gateway gateway;

  Ids(Gateway gateway) {
    this.gateway = gateway;
  }

  String session(String given) {
    return resolve(given, "session", this::sessions);
  }

  String thread(String given) {
    return resolve(given, "thread", () -> ids("api/threads?archived=any"));
  }

  String approval(String given) {
    return resolve(given, "approval or question", () -> ids(Inbox.PATH));
  }

  /** One of a thread, whose id is whole. */
  String checkpoint(String thread, String given) {
    return resolve(given, "checkpoint of the thread", () -> ids(Checkpoints.path(thread)));
  }

  String parked(String given) {
    return resolve(given, "parked record", () -> ids("api/parked"));
  }

  /** What an id stands for. */
  record Found(String id, boolean isThread) {}

  Found sessionOrThread(String given) {
    if (given.length() == FULL) {
      try {
        gateway.get("api/sessions/" + Gateway.encode(given));
        return new Found(given, false);
      } catch (CommandFailure e) {
        if (e.exitCode() != ExitCode.REFUSED) {
          throw e;
        }
        gateway.get("api/threads/" + Gateway.encode(given));
        return new Found(given, true);
      }
    }
    List<String> threads = ids("api/threads").toList();
    String id =
        resolve(given, "thread or session", () -> Stream.concat(sessions(), threads.stream()));
    return new Found(id, threads.contains(id));
  }

  private Stream<String> sessions() {
    return ids("api/sessions");
  }

  private Stream<String> ids(String path) {
    return gateway.list(path, SEARCHED).stream().map(item -> item.path("id").asString(""));
  }

  private static String resolve(String given, String what, Supplier<Stream<String>> candidates) {
    if (given.length() == FULL) {
      return Gateway.encode(given);
    }
    List<String> matches =
        candidates
            .get()
            .filter(id -> id.startsWith(given) || id.endsWith(given))
            .distinct()
            .toList();
    if (matches.size() == 1) {
      return matches.getFirst();
    }
    throw new CommandFailure(
        matches.isEmpty() ? ExitCode.REFUSED : ExitCode.USAGE,
        matches.isEmpty()
            ? "no " + what + " whose id begins or ends with '" + given + "'"
            : "'"
                + given
                + "' fits several: "
                + String.join(", ", matches.subList(0, Math.min(5, matches.size()))));
  }
}
