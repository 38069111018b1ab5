package dev.heddle.worker.engine.codex;

import dev.heddle.contracts.NoticeLevel;
import dev.heddle.contracts.TokenUsage;
import dev.heddle.contracts.ToolStatus;
import dev.heddle.worker.engine.wire.Bounded;
import dev.heddle.worker.engine.wire.Story;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The agents that Codex has others start for it, each in a thread of its own on the same
 * connection. What they do is told as part of the turn, under what they were asked; what they use
 * is used by the run.
 */
final class Agents {

  private static final int TASK_CHARS = 80;
  private static final String UNNAMED = "an agent";

  private final Story story;
  private final Workplace workplace;
  private final Map<String, Agent> agents = new HashMap<>();

  private static final class Agent {
    String task = UNNAMED;
    @Nullable String turn;
    final AttemptUsage usage = new AttemptUsage();
    TokenUsage used = new TokenUsage(0, 0, 0, null);
    final Set<String> openTools = new HashSet<>();
  }

  Agents(Story story, Workplace workplace) {
    this.story = story;
    this.workplace = workplace;
  }

  /** One is started, or told something; the first thing that it is told names it. */
  synchronized void called(Item item) {
    if (item instanceof Item.AgentCall call && call.prompt() != null) {
      for (String thread : call.receivers()) {
        Agent agent = agent(thread);
        if (agent.task.equals(UNNAMED)) {
          agent.task = Bounded.line(call.prompt(), TASK_CHARS);
        }
      }
    }
  }

  /** What the agent in a thread was asked; null where none of them is in it. */
  synchronized @Nullable String task(@Nullable String thread) {
    Agent agent = agents.get(thread);
    return agent == null ? null : agent.task;
  }

  /**
   * Something happens in the thread of one.
   *
   * @return whether it has used something by that
   */
  synchronized boolean heard(Notification.OfThread told) {
    Agent agent = agent(told.threadId());
    switch (told) {
      case Notification.TurnStarted(_, Notification.Turn begun) -> agent.turn = begun.id();
      case Notification.TurnCompleted _ -> ends(agent);
      case Notification.ItemStarted(String thread, Item item) -> {
        called(item);
        Tool.of(item, workplace).ifPresent(tool -> starts(agent, thread, tool));
      }
      case Notification.ItemCompleted(String thread, Item item) -> {
        called(item);
        if (item instanceof Item.AgentMessage(_, String text) && text != null) {
          story.notice(NoticeLevel.INFO, "%s: the agent says: %s".formatted(agent.task, text));
        }
        Tool.of(item, workplace).ifPresent(tool -> ends(agent, thread, tool));
      }
      case Notification.OutputDelta(String thread, String item, String delta) ->
          story.toolGrows(id(thread, item), delta);
      case Notification.UsageUpdated(_, String turn, AttemptUsage.Told tokens) -> {
        return used(agent, turn, tokens);
      }
      default -> {}
    }
    return false;
  }

  private Agent agent(String thread) {
    return agents.computeIfAbsent(thread, _ -> new Agent());
  }

  private void starts(Agent agent, String thread, Tool tool) {
    String id = id(thread, tool.id());
    agent.openTools.add(id);
    story.toolStarts(id, tool.name(), agent.task + ": " + tool.title(), tool.input());
  }

  private void ends(Agent agent, String thread, Tool tool) {
    String id = id(thread, tool.id());
    if (!agent.openTools.contains(id)) {
      starts(agent, thread, tool);
    }
    agent.openTools.remove(id);
    story.toolEnds(id, tool.ended(), tool.output(), tool.diff(), tool.exitCode());
  }

  private void ends(Agent agent) {
    agent.openTools.forEach(id -> story.toolEnds(id, ToolStatus.CANCELLED, null, null, null));
    agent.openTools.clear();
  }

  /** Ids are unique within a thread. */
  private static String id(String thread, String item) {
    return thread + "/" + item;
  }

  private static boolean used(Agent agent, String turn, AttemptUsage.Told tokens) {
    if (!turn.equals(agent.turn)) {
      agent.usage.earlier(tokens);
      return false;
    }
    TokenUsage whole = agent.usage.during(tokens);
    if (whole == null) {
      return false;
    }
    agent.used = whole;
    return true;
  }

  /** What all of them have used in this run. */
  synchronized List<TokenUsage> used() {
    return agents.values().stream().map(agent -> agent.used).toList();
  }
}
