package dev.heddle.thread.delegation;

import dev.heddle.contracts.ThreadId;

/**
 * Where a thread stands that works for another one.
 *
 * @param parent that it works for
 * @param root the first of the line, which works for none
 * @param key of its task among those of its parent
 * @param depth how far it is from the root, from 1
 * @param visibility whether the list of threads shows it
 */
public record DelegationPlace(
    ThreadId parent, ThreadId root, String key, int depth, Visibility visibility) {}
