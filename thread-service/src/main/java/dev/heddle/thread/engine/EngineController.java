package dev.heddle.thread.engine;

import dev.heddle.contracts.ThreadId;
import dev.heddle.rest.Refuses;
import dev.heddle.thread.PathId;
import dev.heddle.thread.conversation.Conversation;
import dev.heddle.thread.conversation.Conversations;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What a thread keeps of its engines, over HTTP. */
@RestController
class EngineController {

  private final Conversations conversations;
  private final EngineStates states;

  EngineController(Conversations conversations, EngineStates states) {
    this.conversations = conversations;
    this.states = states;
  }

  /**
   * Lists what a thread keeps of each engine that it has used, by the engine's name.
   *
   * @param id the thread's UUID
   */
  @GetMapping("/api/threads/{id}/engines")
  @Refuses({"invalid_thread", "unknown_thread"})
  List<EngineView> list(@PathVariable String id) {
    ThreadId thread = PathId.thread(id);
    Conversation conversation = conversations.find(thread);
    if (conversation == null) {
      throw Conversations.unknown(thread);
    }
    String active = conversation.settings().engine();
    return states.list(thread).stream().map(stored -> EngineView.of(stored, active)).toList();
  }
}
