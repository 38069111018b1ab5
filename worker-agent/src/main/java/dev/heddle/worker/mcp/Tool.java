package dev.heddle.worker.mcp;

/** One of Heddle's tools. */
interface Tool {

  String name();

  /** What it does, for the model. */
  String description();

  /** The JSON schema of its arguments. */
  String schema();

  /**
   * Does it, and returns when that is done.
   *
   * @return what the model is told
   * @throws RefusedCallException where nothing was done, with the reason
   */
  String call(Arguments arguments, Caller caller) throws RefusedCallException, InterruptedException;
}
