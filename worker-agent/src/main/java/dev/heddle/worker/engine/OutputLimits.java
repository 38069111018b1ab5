package dev.heddle.worker.engine;

/**
 * How much of what an engine writes is kept per run; the rest is read and dropped, with a notice.
 *
 * @param bytes of both streams and of tool calls together
 * @param lines of both streams and of tool calls together; a flood of empty lines would pass any
 *     limit in bytes
 */
public record OutputLimits(long bytes, int lines) {}
