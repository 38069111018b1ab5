import { useInfiniteQuery } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import { type Session, sessions, type Thread } from '@/shared/api/queries';
import { Ago, Empty, Failed, More, Skeleton, span, StatusDot, useRowKeys } from '@/shared/ui/kit';

/** The runs of a thread, the latest first; one that took several attempts says so. */
export function RunsPanel({ thread, onOpen }: { thread: Thread; onOpen: (session: Session) => void }) {
  const query = useInfiniteQuery(sessions({ thread: thread.id }));
  const keys = useRowKeys();
  if (query.error && !query.data) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Skeleton rows={3} />;
  if (query.data.length === 0) return <Empty icon={Play} title="No runs yet" />;
  return (
    <div className="-mx-2" onKeyDown={keys}>
      {query.data.map((one) => (
        <button key={one.id} type="button" data-row onClick={() => onOpen(one)} className="flex w-full items-center gap-2.5 rounded-md px-2 py-2 text-left text-[13px] hover:bg-hover">
          <StatusDot status={one.status} label={false} />
          <span className="min-w-0 flex-1">
            <span className="flex items-center gap-2"><span className="font-mono text-xs">{one.id.slice(-8)}</span>{one.attempt > 1 && <span className="text-xs text-warn">attempt {one.attempt}</span>}</span>
            <span className="block truncate text-xs text-soft">
              {[one.engine, one.machine, one.startedAt && one.finishedAt ? span(one.startedAt, one.finishedAt) : (one.reason ?? one.phase)].filter(Boolean).join(' · ')}
            </span>
            {one.failure && <span className="block truncate text-xs text-bad" title={one.failure.message}>{one.failure.message}</span>}
          </span>
          <Ago at={one.finishedAt ?? one.startedAt ?? one.queuedAt} />
        </button>
      ))}
      <More query={query} />
    </div>
  );
}
