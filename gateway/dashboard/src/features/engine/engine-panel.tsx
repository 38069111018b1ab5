import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Cpu } from 'lucide-react';
import { useState } from 'react';
import { api, idempotent, type Schemas, unwrap } from '@/shared/api/client';
import { machines as machinesQuery, type Thread } from '@/shared/api/queries';
import { Ago, Button, Empty, Failed, field, Skeleton, Told } from '@/shared/ui/kit';
import { fieldsOf } from './fields';

type EngineView = Schemas['EngineView'];

const engines = (id: string) => ({
  queryKey: ['thread', id, 'engines'],
  queryFn: () => unwrap(api.GET('/api/threads/{id}/engines', { params: { path: { id } } })) as Promise<EngineView[]>,
});

const compactions = (id: string) => ({
  queryKey: ['thread', id, 'compaction'],
  queryFn: () => unwrap(api.GET('/api/threads/{id}/compaction', { params: { path: { id } } })) as Promise<Schemas['CompactionView'][]>,
});

/** What the next turn runs with, and what each engine that was used keeps of the conversation. */
export function EnginePanel({ thread }: { thread: Thread }) {
  const query = useQuery(engines(thread.id));
  return (
    <div className="space-y-5">
      <Settings key={thread.version} thread={thread} />
      <section aria-label="State of the engines" className="space-y-3">
        <h2 className="text-xs font-medium text-soft">What it keeps</h2>
        {query.error ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : query.isPending ? (
          <Skeleton rows={3} />
        ) : query.data.length === 0 ? (
          <Empty icon={Cpu} title="No engine has run yet">Its own conversation, model and folder show here after the first run.</Empty>
        ) : (
          query.data.map((one) => <Kept key={one.engine} one={one} />)
        )}
      </section>
      <Compaction thread={thread} />
    </div>
  );
}

function Kept({ one }: { one: EngineView }) {
  const rows: [string, string][] = [...fieldsOf(one.state), ...(one.machine ? ([['Machine', one.machine]] as [string, string][]) : [])];
  return (
    <div className="rounded-lg border border-line">
      <div className="flex items-center gap-2 border-b border-line px-3 py-2 text-[13px]">
        <span className="font-medium">{one.engine}</span>
        {one.active && <span className="rounded-full bg-hover px-2 text-xs text-soft">next turn</span>}
        <span className="ml-auto"><Ago at={one.updatedAt} /></span>
      </div>
      <dl className="space-y-1.5 p-3 text-[13px]">
        {rows.map(([name, value]) => (
          <div key={name} className="flex gap-3">
            <dt className="w-28 shrink-0 text-soft">{name}</dt>
            <dd className="min-w-0 font-mono text-xs leading-5 break-all">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const PERMISSIONS: [string, string][] = [['', 'As the project says'], ['plan', 'Plan only'], ['ask', 'Ask first'], ['edit', 'May edit'], ['full', 'May do all']];

function Settings({ thread }: { thread: Thread }) {
  const client = useQueryClient();
  const machines = useQuery(machinesQuery);
  const before = { engine: thread.engine, model: thread.model ?? '', mode: thread.mode ?? '', effort: thread.effort ?? '', permission: thread.permission ?? '', machine: thread.placement.machine ?? '' };
  const [now, setNow] = useState(before);
  const names = [...new Set([thread.engine, ...(machines.data ?? []).flatMap((one) => one.engines.map((engine) => engine.name))])].sort();
  const changed = (Object.keys(before) as (keyof typeof before)[]).filter((name) => now[name] !== before[name]);
  const save = useMutation({
    mutationFn: () => {
      const { machine, ...rest } = Object.fromEntries(changed.map((name) => [name, now[name] || null]));
      return unwrap(
        api.PATCH('/api/threads/{id}', {
          params: { path: { id: thread.id }, header: { 'If-Match': `"${thread.version}"` } },
          body: { ...rest, ...(changed.includes('machine') && { placement: { machine } }) } as never,
        }),
      );
    },
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => ['thread', 'threads'].includes(String(queryKey[0])) }),
  });
  const set = (name: keyof typeof before) => (event: React.ChangeEvent<HTMLInputElement | HTMLSelectElement>) => setNow({ ...now, [name]: event.target.value });
  const row = 'flex items-center gap-3';
  const label = 'w-28 shrink-0 text-soft';
  return (
    <form
      aria-label="Next turn"
      className="space-y-2 text-[13px]"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <h2 className="text-xs font-medium text-soft">Next turn</h2>
      <label className={row}><span className={label}>Engine</span><select value={now.engine} onChange={set('engine')} className={field}>{names.map((name) => <option key={name}>{name}</option>)}</select></label>
      {(['model', 'mode', 'effort'] as const).map((name) => (
        <label key={name} className={row}><span className={`${label} capitalize`}>{name}</span><input value={now[name]} onChange={set(name)} placeholder="The engine's own" className={field} /></label>
      ))}
      <label className={row}><span className={label}>Permission</span><select value={now.permission} onChange={set('permission')} className={field}>{PERMISSIONS.map(([value, name]) => <option key={value} value={value}>{name}</option>)}</select></label>
      <label className={row}>
        <span className={label}>Machine</span>
        <select value={now.machine} onChange={set('machine')} className={field}>
          <option value="">Any of pool {thread.placement.pool}</option>
          {[...new Set([...(machines.data ?? []).map((one) => one.id), ...(before.machine ? [before.machine] : [])])].map((name) => <option key={name}>{name}</option>)}
        </select>
      </label>
      {changed.length > 0 && (
        <div className="flex justify-end gap-2 pt-1">
          <Button look="quiet" onClick={() => setNow(before)}>Undo</Button>
          <Button look="primary" type="submit" busy={save.isPending}>Save</Button>
        </div>
      )}
      <Told error={save.error} />
    </form>
  );
}

function Compaction({ thread }: { thread: Thread }) {
  const client = useQueryClient();
  const query = useQuery(compactions(thread.id));
  const compact = useMutation({
    mutationFn: () => unwrap(api.POST('/api/threads/{id}/compaction', { params: { path: { id: thread.id }, header: idempotent() } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['thread'] }),
  });
  const inForce = query.data?.find((one) => one.inForce);
  return (
    <section aria-label="Summary" className="space-y-2 text-[13px]">
      <div className="flex items-center justify-between gap-2">
        <h2 className="text-xs font-medium text-soft">Summary in place of the beginning</h2>
        <Button look="quiet" className="h-7" disabled={thread.status !== 'idle' || thread.messageCount === 0} busy={compact.isPending} onClick={() => compact.mutate()}>Sum up</Button>
      </div>
      {inForce ? <p className="max-h-40 overflow-y-auto rounded-lg border border-line p-3 whitespace-pre-wrap" tabIndex={0} role="region" aria-label="Summary in force">{inForce.summary}</p> : <p className="text-xs text-soft">None. The engine is told the whole conversation.</p>}
      <Told error={compact.error ?? query.error} />
    </section>
  );
}
