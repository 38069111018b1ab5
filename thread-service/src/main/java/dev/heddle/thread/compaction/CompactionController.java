package dev.heddle.thread.compaction;

import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Refuses;
import dev.heddle.thread.PathId;
import dev.heddle.thread.conversation.Conversations;
import dev.heddle.thread.run.Runs;
import dev.heddle.thread.run.ThreadRun;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Compactions over HTTP; one is asked for where runs are. */
@RestController
class CompactionController {

  private static final int SHOWN = 50;

  private final Runs runs;
  private final Compactions compactions;

  CompactionController(Runs runs, Compactions compactions) {
    this.runs = runs;
    this.compactions = compactions;
  }

  /**
   * Lists what was summed up of a thread, the newest first, at most 50.
   *
   * @param id the thread's UUID
   */
  @GetMapping("/api/threads/{id}/compaction")
  @Refuses({"invalid_thread", "unknown_thread"})
  List<CompactionView> list(@PathVariable String id) {
    ThreadId thread = PathId.thread(id);
    ThreadRun run = runs.find(thread);
    if (run == null) {
      throw Conversations.unknown(thread);
    }
    int inForce =
        compactions.extentInForce(thread, run.activeMessage()).map(Extent::ordinal).orElse(0);
    return compactions.newest(thread, SHOWN).stream()
        .map(compaction -> CompactionView.of(compaction, compaction.ordinal() == inForce))
        .toList();
  }
}
