import { useInfiniteQuery } from '@tanstack/react-query';
import { Activity } from 'lucide-react';
import { useState } from 'react';
import { sessionEvents } from '@/shared/api/queries';
import { Button, cx, Empty, Failed, field, More, Skeleton } from '@/shared/ui/kit';

/** One line of what an event says. */
function gist(body: Record<string, unknown>): string {
  const { kind, ...rest } = body;
  void kind;
  const said = rest.text ?? rest.title ?? rest.reason ?? rest.status ?? rest.detail;
  return typeof said === 'string' && said ? said : JSON.stringify(rest);
}

/** The raw timeline of a session, the newest first unless asked otherwise. */
export function SessionEvents({ id }: { id: string }) {
  const [order, setOrder] = useState<'asc' | 'desc'>('desc');
  const [filter, setFilter] = useState('');
  const [shown, show] = useState<string | null>(null);
  const query = useInfiniteQuery(sessionEvents(id, order));
  const wanted = filter.toLowerCase();
  const events = (query.data ?? []).filter((event) => !wanted || JSON.stringify(event.body).toLowerCase().includes(wanted));
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Skeleton />;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex gap-2 border-b border-line px-4 py-2">
        <input aria-label="Filter events" placeholder="Filter what is loaded" value={filter} onChange={(event) => setFilter(event.target.value)} className={`${field} h-8`} />
        <Button onClick={() => setOrder(order === 'asc' ? 'desc' : 'asc')}>{order === 'asc' ? 'Oldest first' : 'Newest first'}</Button>
      </div>
      {events.length === 0 ? (
        <Empty icon={Activity} title={wanted ? 'No event that is loaded matches' : 'Nothing has happened yet'} />
      ) : (
        <ol className="min-h-0 flex-1 overflow-y-auto" aria-label="Trace events">
          {events.map((event) => (
            <li key={event.id} className="border-b border-line">
              <button type="button" aria-expanded={shown === event.id} onClick={() => show(shown === event.id ? null : event.id)} className="flex w-full items-baseline gap-3 px-4 py-1.5 text-left text-xs hover:bg-hover">
                <time dateTime={event.at} className="shrink-0 font-mono text-faint">{event.at.slice(11, 23)}</time>
                <span className="w-28 shrink-0 truncate font-medium">{(event.body as { kind: string }).kind}</span>
                <span className={cx('min-w-0 flex-1 truncate text-soft')}>{gist(event.body as unknown as Record<string, unknown>)}</span>
              </button>
              {shown === event.id && (
                <pre tabIndex={0} role="region" aria-label="Event" className="max-h-80 overflow-auto bg-side px-4 py-2 font-mono text-xs break-words whitespace-pre-wrap">{JSON.stringify(event, null, 2)}</pre>
              )}
            </li>
          ))}
          <More query={query} />
        </ol>
      )}
    </div>
  );
}
