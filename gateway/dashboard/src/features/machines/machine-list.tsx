import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Server } from 'lucide-react';
import { api, unwrap } from '@/shared/api/client';
import { type Machine, machines as machinesQuery } from '@/shared/api/queries';
import { Ago, Button, Empty, Failed, Skeleton, StatusDot, Told, useRowKeys } from '@/shared/ui/kit';

export function MachineList({ onOpen }: { onOpen: (machine: Machine) => void }) {
  const query = useQuery(machinesQuery);
  const keys = useRowKeys();
  if (query.error && !query.data) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Skeleton rows={3} />;
  if (query.data.length === 0) return <Empty icon={Server} title="No machine has registered yet">Start a worker with the command below.</Empty>;
  return <div onKeyDown={keys}>{query.data.map((machine) => <MachineRow key={machine.id} machine={machine} onOpen={onOpen} />)}</div>;
}

function MachineRow({ machine, onOpen }: { machine: Machine; onOpen: (machine: Machine) => void }) {
  const client = useQueryClient();
  const drained = machine.wanted === 'draining';
  const change = useMutation({
    mutationFn: () => {
      const params = { path: { id: machine.id } };
      return drained ? unwrap(api.POST('/api/machines/{id}/resume', { params })) : unwrap(api.POST('/api/machines/{id}/drain', { params }));
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['machines'] }),
  });
  return (
    <div className="border-b border-line px-4 py-2.5 text-[13px] hover:bg-hover">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="w-24 shrink-0"><StatusDot status={machine.state} /></span>
        <button type="button" data-row onClick={() => onOpen(machine)} className="min-w-0 flex-1 truncate text-left font-medium hover:underline">
          {machine.id} <span className="font-normal text-soft">{machine.hostName !== machine.id && machine.hostName}</span>
        </button>
        <span className="flex items-center gap-2" title={`${machine.busy} of ${machine.slots} slots are taken`}>
          <span className="flex gap-0.5" aria-hidden>
            {Array.from({ length: Math.min(machine.slots, 16) }, (_, n) => <span key={n} className={`h-3.5 w-1.5 rounded-sm ${n < machine.busy ? 'bg-accent' : 'bg-line'}`} />)}
          </span>
          <span className="text-xs text-soft tabular-nums">{machine.busy}/{machine.slots} slots</span>
        </span>
        <span className="w-12 text-right" title="Last sign of life"><Ago at={machine.lastSeen} /></span>
        <Button busy={change.isPending} onClick={() => change.mutate()} aria-label={`${drained ? 'Resume' : 'Drain'} ${machine.id}`}>{drained ? 'Resume' : 'Drain'}</Button>
      </div>
      <p className="mt-1 flex flex-wrap gap-x-3 gap-y-1 text-xs text-soft sm:pl-28">
        <span>pool {machine.pool}</span>
        {machine.engines.map((engine) => <span key={engine.name}>{engine.name}{engine.version && ` ${engine.version}`}</span>)}
        {Object.entries(machine.labels).map(([name, value]) => <span key={name}>{name}={String(value)}</span>)}
        <span>worker {machine.version}</span>
      </p>
      <Told error={change.error} />
    </div>
  );
}
