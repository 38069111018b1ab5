package dev.heddle.thread.run;

/**
 * Why the follow-ups of an idle thread do not go on.
 *
 * @param reason for people
 */
public record Held(HoldCause cause, String reason) {}
