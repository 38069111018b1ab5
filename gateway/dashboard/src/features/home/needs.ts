import type { Thread } from '@/shared/api/queries';

/** What a person has put aside, by thread: when the outcome was, which they have seen. */
export type Seen = Record<string, string>;

export interface Overview {
  /** Follow-ups that do not go on since a budget is used up. */
  budgets: Thread[];
  /** Follow-ups that do not go on for any other reason. */
  held: Thread[];
  failed: Thread[];
  active: Thread[];
  /** Ended since the person last looked, the latest first. */
  fresh: Thread[];
  /** Ended before that. */
  earlier: Thread[];
}

const EARLIER = 8;

/** One list of several: of a thread that two of them have, what is known later counts. */
export function mergedThreads(...lists: readonly Thread[][]): Thread[] {
  const byId = new Map<string, Thread>();
  for (const thread of lists.flat()) {
    const had = byId.get(thread.id);
    if (!had || thread.feedVersion > had.feedVersion) byId.set(thread.id, thread);
  }
  return [...byId.values()];
}

/**
 * Sorts threads by what they want of a person. Each is in one group at most.
 *
 * @param looked when the person last looked, in ms since the epoch
 */
export function overview(threads: readonly Thread[], seen: Seen, looked: number): Overview {
  const made: Overview = { budgets: [], held: [], failed: [], active: [], fresh: [], earlier: [] };
  for (const thread of threads) {
    if (thread.archived) continue;
    const outcome = thread.lastOutcome;
    const aside = outcome && seen[thread.id] === outcome.at;
    if (thread.status !== 'idle') made.active.push(thread);
    else if (thread.held?.cause === 'budget') made.budgets.push(thread);
    else if (thread.held) made.held.push(thread);
    else if (outcome?.status === 'failed' && !aside) made.failed.push(thread);
    else if (outcome) (Date.parse(outcome.at) > looked ? made.fresh : made.earlier).push(thread);
  }
  const latest = (a: Thread, b: Thread) => (b.lastOutcome?.at ?? b.lastActivityAt).localeCompare(a.lastOutcome?.at ?? a.lastActivityAt);
  const weight = { waiting: 0, running: 1, stopping: 2, queued: 3, idle: 4 } as Record<string, number>;
  made.active.sort((a, b) => (weight[a.status] ?? 9) - (weight[b.status] ?? 9) || b.lastActivityAt.localeCompare(a.lastActivityAt));
  for (const list of [made.budgets, made.held, made.failed, made.fresh, made.earlier]) list.sort(latest);
  made.earlier = made.earlier.slice(0, EARLIER);
  return made;
}
