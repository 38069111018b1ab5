package dev.heddle.worker.engine.acp;

import dev.heddle.contracts.ToolStatus;
import dev.heddle.worker.engine.ToolServer;
import dev.heddle.worker.engine.wire.Bounded;
import dev.heddle.worker.engine.wire.Story;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tool calls of one turn, put together from all that an agent says of them. Safe for use by
 * several threads.
 */
final class AcpTools {

  private static final String NO_KIND = "other";

  /** Of what a tool has printed; of longer output each update is taken for new. */
  private static final int HELD_CHARS = 256 * 1024;

  private final Story story;
  private final Map<String, AcpUpdate.Tool> known = new LinkedHashMap<>();
  private final Set<String> over = new HashSet<>();
  private final Set<String> denied = new HashSet<>();

  /** The names of Heddle's own by the id of their call, as the agent makes them. */
  private final Map<String, String> ours = new HashMap<>();

  private int running;
  private boolean ended;
  private boolean spoken;
  private boolean any;

  AcpTools(Story story) {
    this.story = story;
  }

  /** A tool call of an earlier turn; what is said of it still is no part of this one. */
  synchronized void past(String id) {
    over.add(id);
  }

  /**
   * Something new comes of the model. The protocol does not say where a message ends; but when the
   * tools that it wanted have ended, what comes is another one.
   */
  synchronized void next() {
    spoken = true;
    if (ended && running == 0) {
      ended = false;
      story.messageEnds(null);
    }
  }

  /** News of a tool call; also where the agent has never said that it began. */
  synchronized void told(AcpUpdate.Tool news) {
    if (over.contains(news.id())) {
      return;
    }
    if (news.title() != null && news.announcesToolOf(ToolServer.NAME)) {
      ours.put(news.id(), news.title());
    }
    AcpUpdate.Tool before = known.get(news.id());
    AcpUpdate.Tool now = before == null ? news : merged(before, news);
    if (before == null) {
      next();
      running++;
      spoken = false;
    }
    known.put(news.id(), held(now));
    any = true;
    if (before == null || news.title() != null || news.kind() != null || news.input() != null) {
      story.toolStarts(now.id(), name(now), now.title(), now.input());
    }
    if (!story.isToolOpen(now.id())) {
      // One too many, of which nothing is kept.
      known.remove(now.id());
      running--;
      return;
    }
    if (now.completed() || now.failed()) {
      ToolResult result = now.result();
      end(
          now.id(),
          now.completed()
              ? ToolStatus.COMPLETED
              : denied.contains(now.id()) ? ToolStatus.CANCELLED : ToolStatus.FAILED,
          result.output(),
          result.diff(),
          result.exitCode());
    } else {
      grow(now.id(), before == null ? null : before.result().output(), now.result().output());
    }
  }

  /** Each update carries all of the output, or its last part; a story wants what is new. */
  private void grow(String id, @Nullable String before, @Nullable String now) {
    if (now != null && (before == null || now.startsWith(before))) {
      story.toolGrows(id, before == null ? now : now.substring(before.length()));
    }
  }

  private void end(
      String id,
      ToolStatus status,
      @Nullable String output,
      @Nullable String diff,
      @Nullable Integer exitCode) {
    story.toolEnds(id, status, output, diff, exitCode);
    known.remove(id);
    over.add(id);
    running--;
    ended = true;
  }

  synchronized AcpUpdate.@Nullable Tool find(String id) {
    return known.get(id);
  }

  /** Whether it is one of Heddle's own, as the agent has announced it before it asks. */
  synchronized boolean isOurs(String id) {
    return ours.containsKey(id);
  }

  /** A person, or the permission of the thread, has said no. */
  synchronized void denied(String id) {
    denied.add(id);
  }

  /** Some agents never end a tool call that was denied. */
  synchronized void endDenied() {
    for (String id : denied) {
      if (story.isToolOpen(id)) {
        end(id, ToolStatus.CANCELLED, "denied", null, null);
      }
    }
    denied.clear();
  }

  /**
   * The turn has ended before its time. A message that has come to its tools was whole all the
   * same; one that was still being said is not.
   *
   * @param reason for people
   */
  synchronized void cutShort(String reason) {
    if (spoken || !any) {
      return;
    }
    for (String id : List.copyOf(known.keySet())) {
      if (story.isToolOpen(id)) {
        story.toolGrows(id, reason);
        end(id, ToolStatus.CANCELLED, null, null, null);
      }
    }
    story.messageEnds(null);
  }

  /** Without what is told cut in any case; an agent may have hundreds of tools of megabytes. */
  private static AcpUpdate.Tool held(AcpUpdate.Tool tool) {
    String output = tool.result().output();
    return new AcpUpdate.Tool(
        tool.id(),
        tool.begins(),
        tool.title() == null ? null : Bounded.text(tool.title(), Story.FIELD_BYTES),
        tool.kind(),
        tool.status(),
        tool.input() == null ? null : Bounded.text(tool.input(), Story.FIELD_BYTES),
        new ToolResult(
            output == null || output.length() > HELD_CHARS ? null : output,
            tool.result().diff() == null
                ? null
                : Bounded.text(tool.result().diff(), Story.FIELD_BYTES),
            tool.result().exitCode()));
  }

  /** The protocol has names of kinds only. */
  private String name(AcpUpdate.Tool tool) {
    return ours.getOrDefault(tool.id(), tool.kind() == null ? NO_KIND : tool.kind());
  }

  private static AcpUpdate.Tool merged(AcpUpdate.Tool before, AcpUpdate.Tool news) {
    return new AcpUpdate.Tool(
        before.id(),
        before.begins(),
        news.title() == null ? before.title() : news.title(),
        news.kind() == null ? before.kind() : news.kind(),
        news.status() == null ? before.status() : news.status(),
        news.input() == null ? before.input() : news.input(),
        new ToolResult(
            news.result().output() == null ? before.result().output() : news.result().output(),
            news.result().diff() == null ? before.result().diff() : news.result().diff(),
            news.result().exitCode() == null
                ? before.result().exitCode()
                : news.result().exitCode()));
  }
}
