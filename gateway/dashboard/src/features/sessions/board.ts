import type { Session } from '@/shared/api/queries';

export const COLUMNS = ['queued', 'running', 'waiting', 'done'] as const;
export type Column = (typeof COLUMNS)[number];

const PLACE: Record<Session['status'], Column> = {
  queued: 'queued',
  claimed: 'queued',
  running: 'running',
  stopping: 'running',
  waiting: 'waiting',
  completed: 'done',
  failed: 'done',
  cancelled: 'done',
};

/** One list of several: of a session that two of them have, what is known later counts. */
export function merged(...lists: readonly Session[][]): Session[] {
  const byId = new Map<string, Session>();
  for (const session of lists.flat()) {
    const had = byId.get(session.id);
    if (!had || session.version > had.version) byId.set(session.id, session);
  }
  return [...byId.values()];
}

const time = (at: string | null | undefined) => (at ? Date.parse(at) : 0);

/** Sessions as columns: the line in its order, what runs longest first, what ended last first. */
export function board(sessions: readonly Session[]): Record<Column, Session[]> {
  const columns: Record<Column, Session[]> = { queued: [], running: [], waiting: [], done: [] };
  // A status that is not known yet stands with what runs, rather than nowhere.
  for (const session of sessions) columns[PLACE[session.status] ?? 'running'].push(session);
  columns.queued.sort((a, b) => (a.place ?? 0) - (b.place ?? 0) || time(a.queuedAt) - time(b.queuedAt));
  columns.running.sort((a, b) => time(a.startedAt ?? a.queuedAt) - time(b.startedAt ?? b.queuedAt));
  columns.waiting.sort((a, b) => time(a.startedAt) - time(b.startedAt));
  columns.done.sort((a, b) => time(b.finishedAt) - time(a.finishedAt));
  return columns;
}

export interface Bar {
  session: Session;
  from: number;
  to: number;
  /** Whether it waits for a machine, rather than being on one. */
  queued: boolean;
}

export interface Lane {
  machine: string;
  /** Bars that do not overlap, one list for each slot that was needed at once. */
  rows: Bar[][];
}

/** Which session was where, from `from` to `now` (ms since the epoch): a lane a machine, as many rows as ran at once. */
export function lanes(sessions: readonly Session[], from: number, now: number, machines: readonly string[] = []): Lane[] {
  const byMachine = new Map<string, Bar[]>(machines.map((one) => [one, []]));
  const waiting: Bar[] = [];
  for (const session of sessions) {
    const began = session.claimedAt ?? session.startedAt;
    const end = session.finishedAt ? time(session.finishedAt) : now;
    if (session.machine && began && session.status !== 'queued') {
      const begin = time(began);
      if (end < from || begin > now) continue;
      byMachine.set(session.machine, [...(byMachine.get(session.machine) ?? []), { session, from: Math.max(from, begin), to: Math.max(begin, end), queued: false }]);
    } else if (!session.finishedAt) {
      waiting.push({ session, from: Math.max(from, time(session.queuedAt)), to: now, queued: true });
    }
  }
  const made = [...byMachine].sort(([a], [b]) => a.localeCompare(b)).map(([machine, bars]) => ({ machine, rows: packed(bars) }));
  return waiting.length > 0 ? [{ machine: '', rows: packed(waiting) }, ...made] : made;
}

/** Each bar into the first row that is free by then. */
function packed(bars: Bar[]): Bar[][] {
  const rows: Bar[][] = [];
  for (const bar of [...bars].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const row = rows.find((one) => (one.at(-1) as Bar).to <= bar.from);
    if (row) row.push(bar);
    else rows.push([bar]);
  }
  return rows;
}
