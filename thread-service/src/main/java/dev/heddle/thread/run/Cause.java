package dev.heddle.thread.run;

import dev.heddle.contracts.SessionId;

/**
 * Why a run status changes.
 *
 * @param text for people
 * @param by a person, or the service that reported it
 * @param sessionVersion of the change that was reported; 0 where a person caused it
 */
record Cause(String text, String by, SessionId session, long sessionVersion) {}
