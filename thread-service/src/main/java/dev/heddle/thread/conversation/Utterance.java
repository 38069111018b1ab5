package dev.heddle.thread.conversation;

import dev.heddle.contracts.Role;

/**
 * What of a message an engine is told that was not there when it was said.
 *
 * @param ordinal of the message
 * @param text empty where there is nothing to tell, as of what reached no engine, and of why a run
 *     failed
 */
public record Utterance(int ordinal, Role role, String text) {}
