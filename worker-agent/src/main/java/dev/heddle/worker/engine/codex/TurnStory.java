package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.worker.engine.wire.Story;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the items of a turn as messages. Codex does not say where an answer of its model ends and
 * the next begins. But it counts the tokens when all that an answer wants done is done; and what it
 * says or thinks after it has spoken or used a tool is of the next one in any case.
 */
final class TurnStory {

  private final Story story;
  private final Workplace workplace;
  private final Map<String, Tool> openTools = new HashMap<>();

  /** How much of a text was told as it was typed, by item. */
  private final Map<String, Integer> typed = new HashMap<>();

  private final Set<String> prompts = new HashSet<>();
  private boolean spoken;
  private boolean counted;
  private boolean toolIsLast;
  private @Nullable String item;
  private @Nullable TokenUsage usage;

  TurnStory(Story story, Workplace workplace) {
    this.story = story;
    this.workplace = workplace;
  }

  /** The open use of a tool by the id of its item; null where there is none. */
  synchronized @Nullable Tool tool(String itemId) {
    return openTools.get(itemId);
  }

  synchronized void started(Item begun, String raw) {
    switch (begun) {
      case Item.AgentMessage message -> speaks(message.id());
      case Item.PlanDocument plan -> speaks(plan.id());
      case Item.Reasoning reasoning -> thinks(reasoning.id());
      case Item.UserMessage prompt -> prompted(prompt.id());
      case Item.ContextCompaction _ -> {}
      case Item.Other other -> story.unknown("item " + other.type(), raw);
      default -> Tool.of(begun, workplace).ifPresent(this::starts);
    }
  }

  synchronized void completed(Item done, String raw) {
    switch (done) {
      case Item.AgentMessage message -> {
        speaks(message.id());
        rest(message.id(), message.text(), story::text);
        story.textEnds();
      }
      case Item.PlanDocument plan -> {
        speaks(plan.id());
        rest(plan.id(), plan.text(), story::text);
        story.textEnds();
      }
      case Item.Reasoning reasoning -> {
        if (!typed.containsKey(reasoning.id()) && !reasoning.text().isEmpty()) {
          thinks(reasoning.id());
          story.reasoning(reasoning.text());
        }
      }
      case Item.UserMessage prompt -> prompted(prompt.id());
      case Item.ContextCompaction _ ->
          story.notice(NoticeLevel.INFO, "Codex has summed up the conversation to make room");
      case Item.Other other -> story.unknown("item " + other.type(), raw);
      default -> Tool.of(done, workplace).ifPresent(this::ends);
    }
  }

  synchronized void types(String itemId, String delta) {
    speaks(itemId);
    typed.merge(itemId, delta.length(), Integer::sum);
    story.text(delta);
  }

  /**
   * More of a thought.
   *
   * @param paragraph of the summary, from 0
   */
  synchronized void thinks(String itemId, String delta, int paragraph) {
    thinks(itemId);
    String key = itemId + " " + paragraph;
    boolean next = typed.containsKey(itemId) && !typed.containsKey(key);
    typed.merge(itemId, delta.length(), Integer::sum);
    typed.put(key, 0);
    story.reasoning(next ? "\n\n" + delta : delta);
  }

  synchronized void grows(String itemId, String output) {
    story.toolGrows(itemId, output);
  }

  /** A patch has become another one, which it does while it is written. */
  synchronized void patched(Item.FileChange patch) {
    if (openTools.containsKey(patch.id())) {
      Tool.of(patch, workplace).ifPresent(this::starts);
    }
  }

  /** A request to the model is over, which took that much. */
  synchronized void used(TokenUsage last) {
    counted = true;
    usage = usage == null ? last : AttemptUsage.sum(usage, last);
  }

  /** What was said is all of this turn. */
  synchronized void ends() {
    messageEnds();
    typed.clear();
  }

  /**
   * The turn was stopped, or has failed. What was said is whole where the model was done with it,
   * or had come to its tools; Codex may count the tokens only after it was stopped there.
   */
  synchronized void stops() {
    List.copyOf(openTools.keySet())
        .forEach(id -> story.toolEnds(id, ToolStatus.CANCELLED, null, null, null));
    openTools.clear();
    if (counted || toolIsLast) {
      messageEnds();
    }
  }

  /** What the model said broke off, and it is asked again. */
  synchronized void breaksOff() {
    if (!counted) {
      story.messageBreaksOff();
      spoken = false;
      item = null;
    }
  }

  private void speaks(String id) {
    if (!id.equals(item)) {
      if (spoken || counted) {
        messageEnds();
      }
      item = id;
      spoken = true;
      toolIsLast = false;
    }
  }

  private void thinks(String id) {
    if (!id.equals(item)) {
      if (spoken || counted) {
        messageEnds();
      }
      item = id;
      toolIsLast = false;
    }
  }

  /** The first is what the run was asked; another one has joined it. */
  private void prompted(String id) {
    if (prompts.add(id) && prompts.size() > 1) {
      messageEnds();
    }
  }

  private void starts(Tool tool) {
    Tool begun = openTools.put(tool.id(), tool);
    if (begun == null && counted) {
      messageEnds();
    }
    item = tool.id();
    spoken = true;
    toolIsLast = true;
    if (begun == null || !begun.isAskedLike(tool)) {
      story.toolStarts(tool.id(), tool.name(), tool.title(), tool.input());
    }
    if (!story.isToolOpen(tool.id())) {
      // One too many, of which nothing is kept.
      openTools.remove(tool.id());
    }
  }

  private void ends(Tool tool) {
    if (!story.isToolOpen(tool.id())) {
      starts(tool);
    }
    openTools.remove(tool.id());
    story.toolEnds(tool.id(), tool.ended(), tool.output(), tool.diff(), tool.exitCode());
  }

  private void rest(String id, @Nullable String whole, Consumer<String> say) {
    int told = Optional.ofNullable(typed.get(id)).orElse(0);
    if (whole != null && whole.length() > told) {
      typed.put(id, whole.length());
      say.accept(whole.substring(told));
    }
  }

  private void messageEnds() {
    story.messageEnds(usage);
    usage = null;
    spoken = false;
    counted = false;
    toolIsLast = false;
    item = null;
  }
}
