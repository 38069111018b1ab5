package dev.heddle.worker.mcp;

import dev.heddle.contracts.DelegationReply;
import dev.heddle.contracts.SessionStatus;
import dev.heddle.contracts.ThreadChange;

/** Has a thread of its own do a task. */
final class Delegate implements Tool {

  private static final int MAX_KEY_BYTES = 128;
  private static final int MAX_NAME_BYTES = 128;

  /** A task comes as a prompt, of which facts are kept small; what is larger is a file's. */
  private static final int MAX_PROMPT_BYTES = 64 * 1024;

  private final Delegator delegator;

  Delegate(Delegator delegator) {
    this.delegator = delegator;
  }

  @Override
  public String name() {
    return "delegate";
  }

  @Override
  public String description() {
    return "Have another agent do a task in a thread of its own, which works for this one and is"
        + " stopped with it. It sees nothing of this conversation and has a workspace of its own, so"
        + " say all that it needs to know. With wait you are told the result here; without, it comes"
        + " to this thread as a message when it is there, and you can go on meanwhile. The same task"
        + " under the same key is not done twice, so repeat a call that broke off.";
  }

  @Override
  public String schema() {
    return """
    {"type": "object",
     "properties": {
       "key": {"type": "string", "minLength": 1, "maxLength": 128,
         "description": "a short name of the task, unique in this thread, such as tests"},
       "prompt": {"type": "string", "minLength": 1, "description": "what is to be done"},
       "engine": {"type": "string", "description": "leave it out for the engine you run on"},
       "model": {"type": "string", "description": "leave it out for that of this thread"},
       "wait": {"type": "boolean", "default": false,
         "description": "whether to wait for the result"}},
     "required": ["key", "prompt"]}
    """;
  }

  @Override
  public String call(Arguments arguments, Caller caller)
      throws RefusedCallException, InterruptedException {
    Delegator.Task task =
        new Delegator.Task(
            arguments.text("key", MAX_KEY_BYTES),
            arguments.text("prompt", MAX_PROMPT_BYTES),
            arguments.optionalText("engine", MAX_NAME_BYTES),
            arguments.optionalText("model", MAX_NAME_BYTES),
            arguments.flag("wait", false));
    Delegator.Delegated delegated = delegator.delegate(task);
    try {
      return switch (caller.await(delegated.outcome(), "waiting for the task " + task.key())) {
        case Delegator.Outcome.Answered(DelegationReply reply) -> told(reply);
        case Delegator.Outcome.Over(String reason) ->
            throw new RefusedCallException("nobody tells what becomes of the task: " + reason);
      };
    } catch (CallerGoneException e) {
      delegator.leave(delegated.id());
      throw new RefusedCallException(String.valueOf(e.getMessage()));
    }
  }

  private static String told(DelegationReply reply) throws RefusedCallException {
    DelegationReply.Refusal refusal = reply.refusal();
    if (refusal != null) {
      throw new RefusedCallException(refusal.message() + " (" + refusal.code() + ")");
    }
    ThreadChange.Child.Result result = reply.result();
    if (result == null) {
      return "Thread %s does it. Its result comes to this thread as a message."
          .formatted(reply.child());
    }
    String how =
        result.status() == SessionStatus.COMPLETED
            ? "is done"
            : "ended as " + result.status().wire();
    String summary = result.summary();
    return summary == null || summary.isBlank()
        ? "Thread %s %s and said nothing.".formatted(reply.child(), how)
        : "Thread %s %s:\n\n%s".formatted(reply.child(), how, summary);
  }
}
