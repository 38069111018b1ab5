package dev.heddle.session;

/**
 * Said within a transaction after which something may be able to start that could not before: a new
 * session, a free slot, an offer that came to nothing, a machine that came or changed.
 */
public record ReleaseDue() {}
