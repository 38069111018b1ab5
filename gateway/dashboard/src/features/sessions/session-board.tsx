import { useMemo } from 'react';
import type { Session } from '@/shared/api/queries';
import { words } from '@/shared/ui/format';
import { Ago, cx, span, StatusDot } from '@/shared/ui/kit';
import { board, COLUMNS, type Column } from './board';

const EMPTY: Record<Column, string> = { queued: 'Nothing waits for a machine', running: 'Nothing runs', waiting: 'Nothing waits for a person', done: 'Nothing has ended yet' };
/** A column that nobody can read to the end is cut; the list has all. */
const MOST = 100;

export function SessionBoard({ sessions, onOpen, onAll }: { sessions: Session[]; onOpen: (session: Session) => void; onAll: () => void }) {
  const columns = useMemo(() => board(sessions), [sessions]);
  return (
    <div className="flex min-h-0 flex-1 snap-x snap-mandatory overflow-x-auto md:grid md:grid-cols-4 md:overflow-x-visible">
      {COLUMNS.map((name) => (
        <section key={name} aria-label={name} className="flex min-h-0 w-[86vw] shrink-0 snap-start flex-col border-r border-line last:border-r-0 md:w-auto">
          <h2 className="flex h-9 shrink-0 items-center gap-2 border-b border-line px-3 text-xs font-medium text-soft">
            <span className="first-letter:uppercase">{name}</span><span className="text-faint tabular-nums">{columns[name].length}</span>
          </h2>
          <div className="min-h-0 flex-1 space-y-2 overflow-y-auto bg-side p-2" role="group" aria-label={`${name} sessions`} tabIndex={columns[name].length === 0 ? undefined : 0} onKeyDown={move}>
            {columns[name].slice(0, MOST).map((session) => <Card key={session.id} session={session} onOpen={onOpen} />)}
            {columns[name].length > MOST && <button type="button" className="w-full py-2 text-center text-xs text-accent-ink hover:underline" onClick={onAll}>{columns[name].length - MOST} more in the list</button>}
            {columns[name].length === 0 && <p className="px-2 py-8 text-center text-xs text-soft">{EMPTY[name]}</p>}
          </div>
        </section>
      ))}
    </div>
  );
}

/** Up and down within a column, left and right between columns. */
function move(event: React.KeyboardEvent<HTMLElement>) {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  const side = { ArrowRight: 1, l: 1, ArrowLeft: -1, h: -1 }[event.key];
  const cards = (root: Element | null | undefined) => [...(root?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
  const here = cards(event.currentTarget);
  const at = here.indexOf(event.target as HTMLElement);
  let next: HTMLElement | undefined;
  if (step) next = here[Math.max(0, at + step)];
  if (side) {
    let column: Element | null | undefined = event.currentTarget.closest('section');
    do column = side > 0 ? column?.nextElementSibling : column?.previousElementSibling;
    while (column && cards(column).length === 0);
    const there = cards(column);
    next = there[Math.min(Math.max(0, at), there.length - 1)];
  }
  if (next) {
    event.preventDefault();
    next.focus();
  }
}

function Card({ session, onOpen }: { session: Session; onOpen: (session: Session) => void }) {
  const over = Boolean(session.finishedAt);
  const why = session.status === 'failed' ? (session.failure?.message ?? session.reason) : (session.reason ?? session.phase);
  return (
    <button
      type="button"
      data-row
      onClick={() => onOpen(session)}
      className="block w-full space-y-1.5 rounded-md border border-line bg-raised px-3 py-2 text-left text-[13px] shadow-2xs hover:border-faint/50 focus-visible:border-accent"
    >
      <span className="flex items-center gap-2">
        <StatusDot status={session.status} label={false} />
        <span className="min-w-0 flex-1 truncate font-medium">{session.project}</span>
        <Ago at={session.finishedAt ?? session.startedAt ?? session.queuedAt} />
      </span>
      {why && (
        <span className={cx('line-clamp-2 text-xs break-words', session.status === 'failed' ? 'text-bad' : session.status === 'waiting' ? 'text-warn' : 'text-soft')}>
          {session.place ? <span className="text-ink">No. {session.place} in line · </span> : null}
          {why}
        </span>
      )}
      <span className="flex min-w-0 items-center gap-2 text-xs text-soft">
        <span className="font-mono text-faint">{session.id.slice(-6)}</span>
        <span className="truncate">{session.engine}{session.machine && ` on ${session.machine}`}</span>
        {session.priority !== 'normal' && <span className={session.priority === 'urgent' ? 'text-warn' : ''}>{session.priority}</span>}
        {session.attempt > 1 && <span className="text-warn">attempt {session.attempt}</span>}
        {session.waiting && <span className="sr-only">{words(session.waiting)}</span>}
        {over && session.startedAt && session.finishedAt && <span className="ml-auto shrink-0 tabular-nums">{span(session.startedAt, session.finishedAt)}</span>}
      </span>
    </button>
  );
}
