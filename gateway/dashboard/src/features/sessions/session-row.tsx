import type { Session } from '@/shared/api/queries';
import { Ago, span, StatusDot } from '@/shared/ui/kit';

/** Opens something in place, so it is a button. */
export function SessionRow({ session, onOpen }: { session: Session; onOpen: (session: Session) => void }) {
  return (
    <button
      type="button"
      data-row
      onClick={() => onOpen(session)}
      className="flex h-11 w-full items-center gap-3 border-b border-line px-4 text-left text-[13px] hover:bg-hover focus-visible:bg-hover"
    >
      <span className="flex w-5 shrink-0 items-center sm:w-24"><span className="flex sm:hidden"><StatusDot status={session.status} label={false} /></span><span className="hidden sm:flex"><StatusDot status={session.status} /></span></span>
      <span className="w-20 shrink-0 truncate font-mono text-xs text-soft" title={session.id}>{session.id.slice(-8)}</span>
      <span className="min-w-0 flex-1 truncate text-soft">
        {session.place ? `${session.place}. in line: ` : ''}
        {session.reason ?? session.phase ?? (session.finishedAt && session.startedAt ? `took ${span(session.startedAt, session.finishedAt)}` : '')}
      </span>
      {session.attempt > 1 && <span className="shrink-0 text-xs text-warn">attempt {session.attempt}</span>}
      {!session.threadId && <span className="hidden shrink-0 text-xs text-faint sm:inline">no thread</span>}
      <span className="hidden w-24 shrink-0 truncate text-xs text-soft md:block">{session.machine ?? ''}</span>
      <span className="hidden w-20 shrink-0 truncate text-xs text-soft sm:block">{session.engine}</span>
      <span className="hidden w-24 shrink-0 truncate text-xs text-soft sm:block">{session.project}</span>
      <span className="w-8 shrink-0 text-right"><Ago at={session.finishedAt ?? session.startedAt ?? session.queuedAt} /></span>
    </button>
  );
}
