package dev.heddle.worker.engine;

import org.jspecify.annotations.Nullable;

/**
 * An engine without a process, which does what its prompt says, line by line, through the same
 * interface as real ones. What it says is one message, told so far after each line that adds to it,
 * and whole at the end. A run that is to sum up the conversation has no script, and does that.
 *
 * <table>
 *   <caption>The lines of a script</caption>
 *   <tr><td>{@code say TEXT}, {@code think TEXT}</td><td>text, and reasoning, of the message</td></tr>
 *   <tr><td>{@code tool NAME INPUT}</td><td>a tool call that is done</td></tr>
 *   <tr><td>{@code open NAME INPUT}</td><td>a tool call that stays open</td></tr>
 *   <tr><td>{@code ask TITLE}, {@code ask-for MILLIS TITLE}</td><td>asks for an approval, of which
 *       the second expires; waits for the ruling, and says it</td></tr>
 *   <tr><td>{@code question TITLE}</td><td>the same with a question</td></tr>
 *   <tr><td>{@code leave TITLE}</td><td>a question that it does not wait for</td></tr>
 *   <tr><td>{@code wait-input}</td><td>says what it is told; {@code listen} says before that it
 *       listens</td></tr>
 *   <tr><td>{@code hold}</td><td>runs on until it is ended</td></tr>
 *   <tr><td>{@code recall}</td><td>says from where it goes on, and what it was told of that</td></tr>
 *   <tr><td>{@code settings}</td><td>says its model, mode and effort</td></tr>
 *   <tr><td>{@code permission}</td><td>says what it may do without asking</td></tr>
 *   <tr><td>{@code state KIND ID}</td><td>its state, as of {@code claude}, {@code codex}, {@code
 *       copilot} or {@code acp}</td></tr>
 *   <tr><td>{@code plan STATUS TASK; STATUS TASK}</td><td>its plan</td></tr>
 *   <tr><td>{@code summary MESSAGE TEXT}</td><td>what was said up to a message, summed up</td></tr>
 *   <tr><td>{@code usage INPUT CACHED OUTPUT COST}</td><td>tokens and US dollars so far</td></tr>
 *   <tr><td>{@code checkpoint MOMENT FILES}</td><td>a checkpoint, of no files in truth</td></tr>
 *   <tr><td>{@code pull-request NUMBER URL}</td><td>a pull request that is open</td></tr>
 *   <tr><td>{@code call TOOL JSON}</td><td>calls one of Heddle's own tools over HTTP, and says what it
 *       is told; {@code refused} before that where it was</td></tr>
 *   <tr><td>{@code fail CODE}, {@code exit}</td><td>the end; so is that of the script</td></tr>
 * </table>
 */
public final class ScriptedEngine implements Engine {

  public static final String NAME = "scripted";

  private final String name;

  public ScriptedEngine() {
    this(NAME);
  }

  /** One more of its kind under another name, to change to. */
  public ScriptedEngine(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable String version() {
    return "1";
  }

  @Override
  public boolean takesInput() {
    return true;
  }

  @Override
  public boolean takesTools() {
    return true;
  }

  @Override
  public EngineRun start(EngineTask task, EngineListener listener) {
    ScriptedRun run = new ScriptedRun(task, listener);
    Thread.ofVirtual().name("scripted-" + task.marker()).start(run::run);
    return run;
  }
}
