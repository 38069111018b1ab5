import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { AddMachine } from '@/features/machines/add-machine';
import { MachineList } from '@/features/machines/machine-list';
import { machines as machinesQuery, type Session, sessions } from '@/shared/api/queries';
import { PageHead } from '@/shared/ui/kit';

export function MachinesPage() {
  const navigate = useNavigate();
  const machines = useQuery(machinesQuery).data ?? [];
  const running = useInfiniteQuery(sessions({ status: 'running' }, 200)).data;
  const waiting = useInfiniteQuery(sessions({ status: 'waiting' }, 200)).data;
  const runs = useMemo(() => {
    const byMachine = new Map<string, Session[]>();
    for (const session of [...(running ?? []), ...(waiting ?? [])]) {
      if (session.machine) byMachine.set(session.machine, [...(byMachine.get(session.machine) ?? []), session]);
    }
    return byMachine;
  }, [running, waiting]);
  const online = machines.filter((one) => one.state === 'online');
  return (
    <>
      <PageHead title="Machines">
        {machines.length > 0 && (
          <p className="text-xs text-soft tabular-nums">
            {online.length} of {machines.length} online, {online.reduce((sum, one) => sum + one.busy, 0)} of {online.reduce((sum, one) => sum + one.slots, 0)} slots taken
          </p>
        )}
      </PageHead>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <MachineList
          runs={runs}
          onOpen={(machine) => void navigate({ to: '/sessions', search: { machine: machine.id } as never })}
          onSession={(session) => void navigate({ to: '/sessions/$id', params: { id: session.id } })}
        />
        <AddMachine />
      </div>
    </>
  );
}
