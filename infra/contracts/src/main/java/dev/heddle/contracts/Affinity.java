package dev.heddle.contracts;

import org.jspecify.annotations.Nullable;

/**
 * Where a thread has what its next run goes on with: its files, and what its engine remembers.
 *
 * @param machine that has it; null where the thread has nothing on any machine yet
 * @param elsewhere whether another machine may run it, which is handed the conversation
 * @param waitMillis for how long it waits for that machine before another one may
 */
public record Affinity(@Nullable MachineId machine, boolean elsewhere, long waitMillis) {}
