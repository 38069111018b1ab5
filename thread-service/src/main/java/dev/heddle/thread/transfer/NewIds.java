package dev.heddle.thread.transfer;

import dev.heddle.contracts.Ids;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Ids that are unused here, in the place of those of a document, which the thread that it was made
 * of may still use. One of the document is always the same one here.
 */
final class NewIds {

  private final Ids ids;
  private final Map<UUID, UUID> known = new HashMap<>();

  NewIds(Ids ids) {
    this.ids = ids;
  }

  /** That of something that is in the document. */
  UUID of(UUID old) {
    return known.computeIfAbsent(old, _ -> ids.next());
  }

  /** One for something that has none in the document. */
  UUID fresh() {
    return ids.next();
  }

  /** That of something that may be in the document; what is not keeps its id. */
  String mentioned(String text) {
    try {
      UUID old = Ids.parse(text);
      return known.getOrDefault(old, old).toString();
    } catch (IllegalArgumentException another) {
      return text;
    }
  }
}
