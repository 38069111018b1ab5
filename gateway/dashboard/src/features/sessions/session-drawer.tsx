import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import { api, idempotent, unwrap } from '@/shared/api/client';
import { session as sessionQuery } from '@/shared/api/queries';
import { Button, cx, Dialog, Failed, Skeleton, span, StatusDot, Told } from '@/shared/ui/kit';
import { EventStore } from './event-store';
import { SessionEvents } from './session-events';
import { SessionWaterfall } from './session-waterfall';

const OVER = new Set(['completed', 'failed', 'cancelled']);

type Tab = 'conversation' | 'waterfall' | 'events';
const TABS: [Tab, string][] = [['conversation', 'Conversation'], ['waterfall', 'Waterfall'], ['events', 'Events']];

interface Props {
  id: string;
  /** The event to open: the address of one leads here. */
  event?: string;
  onClose: () => void;
  conversation: (thread: string) => ReactNode;
}

/**
 * A session beside the list that it was opened from: the conversation where it belongs to a thread,
 * its trace events where it does not.
 */
export function SessionDrawer(props: Props) {
  return (
    <Dialog open onClose={props.onClose} label="Session" side>
      <Content {...props} />
    </Dialog>
  );
}

function Content({ id, event, onClose, conversation }: Props) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const query = useQuery(sessionQuery(id));
  const [tab, setTab] = useState<Tab | null>(event ? 'events' : null);
  const refresh = () => client.invalidateQueries({ predicate: ({ queryKey }) => ['session', 'sessions'].includes(String(queryKey[0])) });
  const cancel = useMutation({ mutationFn: () => unwrap(api.POST('/api/sessions/{id}/cancel', { params: { path: { id } } })), onSettled: refresh });
  const retry = useMutation({
    mutationFn: () => unwrap(api.POST('/api/sessions/{id}/retry', { params: { path: { id }, header: idempotent() } })),
    onSettled: refresh,
  });
  const session = query.data;
  const tabs = TABS.filter(([name]) => name !== 'conversation' || session?.threadId);
  const shown = tab ?? (session?.threadId ? 'conversation' : 'events');
  // The event stands in the address, so that it can be sent to someone.
  const choose = (chosen?: string) =>
    void navigate({ to: '.', search: ((had: Record<string, unknown>) => ({ ...had, event: chosen })) as never, replace: true });
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line px-4">
        <h2 className="min-w-0 truncate text-sm font-semibold">Session <span className="font-mono text-xs font-normal text-soft">{id.slice(-8)}</span></h2>
        {session && <StatusDot status={session.status} />}
        <span className="ml-auto" />
        {session && !OVER.has(session.status) && <Button busy={cancel.isPending || session.status === 'stopping'} onClick={() => cancel.mutate()}>Cancel</Button>}
        {session && (session.status === 'failed' || session.status === 'cancelled') && <Button busy={retry.isPending} onClick={() => retry.mutate()}>Retry</Button>}
        <Button look="quiet" aria-label="Close" className="w-8 px-0!" onClick={onClose}><X className="size-4" aria-hidden /></Button>
      </header>
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <Skeleton />}
      {session && (
        <>
          <dl className="grid shrink-0 grid-cols-2 gap-x-6 gap-y-1.5 border-b border-line px-4 py-3 text-xs sm:grid-cols-3">
            {(
              [
                ['Project', session.project],
                ['Engine', session.engine],
                ['Machine', session.machine ?? '—'],
                ['Attempt', session.attempt],
                ['Priority', session.priority],
                ['Took', session.startedAt ? span(session.startedAt, session.finishedAt ?? new Date().toISOString()) : '—'],
                ...(session.reason ? [['Reason', session.reason]] : []),
                ...(session.exitCode !== null && session.exitCode !== undefined ? [['Exit code', session.exitCode]] : []),
                ...(session.branch ? [['Branch', session.branch]] : []),
              ] as [string, ReactNode][]
            ).map(([name, value]) => (
              <div key={name} className="flex min-w-0 gap-2">
                <dt className="shrink-0 text-faint">{name}</dt>
                <dd className="min-w-0 truncate text-ink" title={String(value)}>{value}</dd>
              </div>
            ))}
          </dl>
          <Told error={cancel.error ?? retry.error} />
          <div className="flex shrink-0 items-center gap-1 border-b border-line px-3 py-1.5">
            <div className="flex gap-1" role="tablist" aria-label="View">
              {tabs.map(([name, title]) => (
                <button
                  key={name}
                  type="button"
                  role="tab"
                  aria-selected={shown === name}
                  onClick={() => setTab(name)}
                  className={cx('rounded-md px-2.5 py-1 text-[13px] whitespace-nowrap', shown === name ? 'bg-hover text-ink' : 'text-soft hover:text-ink')}
                >
                  {title}
                </button>
              ))}
            </div>
            {session.threadId ? (
              <Link to="/threads/$id" params={{ id: session.threadId }} className="ml-auto px-1 text-[13px] whitespace-nowrap text-accent-ink hover:underline">Open thread</Link>
            ) : (
              <span className="ml-auto px-2 text-xs text-soft">no thread</span>
            )}
          </div>
          {shown === 'conversation' && session.threadId ? (
            conversation(session.threadId)
          ) : (
            <Trace
              id={id}
              over={OVER.has(session.status)}
              waterfall={shown === 'waterfall'}
              event={event}
              onChoose={(chosen) => {
                setTab('events');
                choose(chosen);
              }}
            />
          )}
        </>
      )}
    </div>
  );
}

/** Both views of the trace, on one list of events. */
function Trace({ id, over, waterfall, event, onChoose }: { id: string; over: boolean; waterfall: boolean; event?: string; onChoose: (id?: string) => void }) {
  const [store] = useState(() => new EventStore(id));
  const { events, state, cut, error } = useSyncExternalStore(store.subscribe, store.snapshot);
  if (error && events.length === 0) return <Failed error={error} retry={store.retry} />;
  if (state === 'loading' && events.length === 0) return <Skeleton />;
  return (
    <>
      {state === 'behind' && <p role="status" className="border-b border-line bg-side px-4 py-1.5 text-xs text-warn">Offline: what happens now is shown when the connection is back.</p>}
      {waterfall ? <SessionWaterfall events={events} over={over} onEvent={onChoose} /> : <SessionEvents events={events} cut={cut} chosen={event} onChoose={onChoose} />}
    </>
  );
}
