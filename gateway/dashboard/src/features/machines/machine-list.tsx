import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, HeartPulse, Server } from 'lucide-react';
import { api, unwrap } from '@/shared/api/client';
import { type Machine, machines as machinesQuery, type Session } from '@/shared/api/queries';
import { Ago, Button, cx, Empty, Failed, Skeleton, StatusDot, Told, useRowKeys } from '@/shared/ui/kit';

const ORDER: Record<string, number> = { online: 0, draining: 1, offline: 2 };
/** Squares beyond that say no more than a number. */
const MOST_SLOTS = 24;

interface Props {
  /** What each machine runs, by its id. */
  runs: Map<string, Session[]>;
  onOpen: (machine: Machine) => void;
  onSession: (session: Session) => void;
}

export function MachineList({ runs, onOpen, onSession }: Props) {
  const query = useQuery(machinesQuery);
  const keys = useRowKeys();
  if (query.error && !query.data) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Skeleton rows={3} />;
  if (query.data.length === 0) return <Empty icon={Server} title="No machine has registered yet">Start a worker with the command below; it appears here within seconds.</Empty>;
  const list = [...query.data].sort((a, b) => (ORDER[a.state] ?? 9) - (ORDER[b.state] ?? 9) || a.id.localeCompare(b.id));
  return (
    <div onKeyDown={keys}>
      {list.map((machine) => <MachineRow key={machine.id} machine={machine} runs={runs.get(machine.id) ?? []} onOpen={onOpen} onSession={onSession} />)}
    </div>
  );
}

function Slots({ machine }: { machine: Machine }) {
  return (
    <span className="flex items-center gap-2" title={`${machine.busy} of ${machine.slots} slots are taken`}>
      <span className="hidden gap-0.5 sm:flex" aria-hidden>
        {Array.from({ length: Math.min(machine.slots, MOST_SLOTS) }, (_, n) => <span key={n} className={cx('h-4 w-2 rounded-sm', n < machine.busy ? 'bg-accent' : 'bg-line')} />)}
      </span>
      <span className="text-xs text-soft tabular-nums">{machine.busy}/{machine.slots} slots</span>
    </span>
  );
}

function MachineRow({ machine, runs, onOpen, onSession }: { machine: Machine; runs: Session[] } & Omit<Props, 'runs'>) {
  const client = useQueryClient();
  const drained = machine.wanted === 'draining';
  const settle = { onSettled: () => client.invalidateQueries({ queryKey: ['machines'] }) };
  const params = { path: { id: machine.id } };
  const change = useMutation({
    mutationFn: () => (drained ? unwrap(api.POST('/api/machines/{id}/resume', { params })) : unwrap(api.POST('/api/machines/{id}/drain', { params }))),
    ...settle,
  });
  const discover = useMutation({ mutationFn: () => unwrap(api.POST('/api/machines/{id}/discover', { params })), ...settle });
  const offline = machine.state === 'offline';
  return (
    <section aria-label={machine.id} className="border-b border-line px-4 py-3 text-[13px]">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="flex w-24 shrink-0 items-center"><StatusDot status={machine.state} /></span>
        <button type="button" data-row onClick={() => onOpen(machine)} title="Its sessions" className="min-w-0 flex-1 truncate text-left font-medium hover:underline">
          {machine.id} {machine.hostName !== machine.id && <span className="font-normal text-soft">{machine.hostName}</span>}
        </button>
        <Slots machine={machine} />
        <span className={cx('flex w-14 items-center justify-end gap-1.5', offline ? 'text-bad' : 'text-soft')} title="Last sign of life">
          <HeartPulse className="size-3.5" aria-hidden /><span className="sr-only">Last sign of life</span><Ago at={machine.lastSeen} />
        </span>
        <span className="flex gap-2">
          <Button look="quiet" disabled={offline} busy={discover.isPending} onClick={() => discover.mutate()} aria-label={`Look for engines on ${machine.id}`} title="Look for engines and their versions again">Discover</Button>
          <Button busy={change.isPending} onClick={() => change.mutate()} aria-label={`${drained ? 'Resume' : 'Drain'} ${machine.id}`} title={drained ? 'Take sessions again' : 'End what runs, and take nothing new'}>{drained ? 'Resume' : 'Drain'}</Button>
        </span>
      </div>
      <div className="mt-2 space-y-2 sm:pl-28">
        <ul aria-label="Engines" className="flex flex-wrap gap-1.5">
          {machine.engines.map((engine) => (
            <li
              key={engine.name}
              title={engine.unavailable ?? (engine.models?.length ? `Models: ${engine.models.join(', ')}` : undefined)}
              className={cx('inline-flex max-w-full items-center gap-1.5 rounded border px-1.5 py-0.5 text-xs', engine.unavailable ? 'border-dashed border-line text-soft' : 'border-line bg-raised text-ink')}
            >
              {engine.unavailable && <CircleAlert className="size-3 shrink-0 text-warn" aria-hidden />}
              <span className="shrink-0">{engine.name}</span>
              {engine.version && <span className="truncate text-soft">{engine.version}</span>}
              {engine.unavailable && <span className="sr-only">cannot start</span>}
            </li>
          ))}
          {machine.engines.length === 0 && <li className="text-xs text-warn">No engine was found: it can run nothing.</li>}
        </ul>
        {machine.engines.filter((engine) => engine.unavailable).map((engine) => (
          <p key={engine.name} className="line-clamp-2 text-xs break-words text-soft"><span className="text-warn">{engine.name} cannot start:</span> {engine.unavailable}</p>
        ))}
        <p className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-soft">
          <span>pool {machine.pool}</span>
          {Object.entries(machine.labels).map(([name, value]) => <span key={name} className="font-mono">{name}={String(value)}</span>)}
          <span>worker {machine.version}</span>
          <span>since <time dateTime={machine.registeredAt}>{new Date(machine.registeredAt).toLocaleDateString()}</time></span>
        </p>
        {runs.length > 0 && (
          <ul aria-label="Runs now" className="flex flex-wrap gap-1.5">
            {runs.map((session) => (
              <li key={session.id}>
                <button type="button" data-row onClick={() => onSession(session)} className="inline-flex h-7 items-center gap-2 rounded-md border border-line bg-raised px-2 text-xs hover:bg-hover">
                  <StatusDot status={session.status} label={false} />{session.project}<span className="text-soft">{session.engine}</span><Ago at={session.startedAt ?? session.queuedAt} />
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Told error={change.error ?? discover.error} />
    </section>
  );
}
