import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Bars, Tile } from '@/features/metrics/bars';
import { Chart } from '@/features/metrics/chart';
import { backlog, latency, perMinute, slots } from '@/features/metrics/charts';
import { total } from '@/features/metrics/figures';
import { useHistory } from '@/features/metrics/history';
import { type MetricsReading, projects as projectsQuery, projectUsage, sessions } from '@/shared/api/queries';
import { Segments } from '@/shared/ui/forms';
import { count, duration, money, words } from '@/shared/ui/format';
import { Failed, PageHead, Skeleton } from '@/shared/ui/kit';

const QUANTILES = [['0.5', 'p50'], ['0.95', 'p95'], ['0.99', 'p99']] as const;
/** Each project is asked for its sum; more than that would be a flood. */
const MOST_PROJECTS = 30;

export function MetricsPage() {
  const { query, history } = useHistory();
  const [q, setQ] = useState<(typeof QUANTILES)[number][0]>('0.95');
  const times = useMemo(() => history.map((reading) => Date.parse(reading.at) / 1000), [history]);
  const lines = useMemo(() => ({ backlog: backlog(history), slots: slots(history), started: perMinute(history, [['sessions started', 'heddle_dispatch_duration_seconds_count']]), events: perMinute(history, [['events stored', 'heddle_trace_events_total']]) }), [history]);
  const stages = useMemo(() => latency(history, Number(q)), [history, q]);
  const now = history.at(-1);
  if (query.error && !now) return <><PageHead title="Metrics" /><Failed error={query.error} retry={() => void query.refetch()} /></>;
  return (
    <>
      <PageHead title="Metrics">
        <span className="hidden text-xs text-soft sm:inline">since you opened this page, every 5 s</span>
        <Segments label="Quantile of latency" value={q} options={QUANTILES} onChange={setQ} />
      </PageHead>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {!now ? (
          <Skeleton rows={8} />
        ) : (
          <div className="space-y-3 p-3 sm:p-4">
            {query.error && <p role="status" className="rounded-md border border-line bg-side px-3 py-2 text-xs text-warn">These figures are old: {query.error.message}</p>}
            {now.silent.length > 0 && <p role="status" className="rounded-md border border-line bg-side px-3 py-2 text-xs text-warn">{now.silent.map((one) => `${one.service} ${one.replica + 1}`).join(', ')} did not answer: what they count is missing here.</p>}
            <Tiles now={now} />
            <div className="grid gap-3 xl:grid-cols-2">
              <Chart title="Dispatch latency by stage" note={`${QUANTILES.find(([id]) => id === q)?.[1]} over a minute; claimed to started is counted by workers`} times={times} series={stages} format={duration} empty="No session was dispatched meanwhile." />
              <Chart title="Backlog by reason" note="sessions that wait" times={times} series={lines.backlog} format={count} empty="Nothing waits." />
              <Chart title="Slots" times={times} series={lines.slots} format={count} empty="No machine takes sessions." />
              <Chart title="Throughput" note="a minute" times={times} series={lines.started} format={(value) => value.toFixed(value < 10 ? 1 : 0)} empty="Nothing was started meanwhile." />
              <Failures />
              <Costs />
              <Chart title="Timeline" note="a minute" times={times} series={lines.events} format={count} empty="No event was stored meanwhile." />
            </div>
          </div>
        )}
      </div>
    </>
  );
}

function Tiles({ now }: { now: MetricsReading }) {
  const told = (name: string, labels?: Record<string, string>) => total(now, name, labels);
  const shown = (value: number | null) => (value === null ? '–' : count(value));
  const started = told('heddle_dispatch_duration_seconds_count');
  const spent = told('heddle_dispatch_duration_seconds_sum');
  const lost = told('heddle_session_lost_total');
  const parked = told('heddle_parked_records_total');
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
      <Tile name="Backlog" value={shown(told('heddle_session_backlog') ?? 0)} note="sessions that wait" />
      <Tile name="Slots taken" value={`${shown(told('heddle_session_slots_busy') ?? 0)} of ${shown(told('heddle_session_slots') ?? 0)}`} note="of machines that take sessions" />
      <Tile name="Machines online" value={shown(told('heddle_session_machines', { state: 'online' }))} note={`${shown(told('heddle_session_machines', { state: 'offline' }))} offline`} />
      <Tile name="Dispatch, mean" value={started && spent !== null ? duration((spent / started) * 1000) : '–'} note="accepted to first event" />
      <Tile name="Attempts lost" value={shown(lost)} note="since services started" bad={(lost ?? 0) > 0} />
      <Tile name="Records parked" value={shown(parked ?? 0)} note="a person has to look" bad={(parked ?? 0) > 0} />
    </dl>
  );
}

function Failures() {
  const query = useInfiniteQuery(sessions({ status: 'failed' }, 200));
  const causes = new Map<string, number>();
  for (const session of query.data ?? []) causes.set(session.failure?.code ?? 'unknown', (causes.get(session.failure?.code ?? 'unknown') ?? 0) + 1);
  return (
    <Bars
      title="Failures by cause"
      note={query.hasNextPage ? 'of the last 200 that failed' : 'of all that failed'}
      rows={[...causes].map(([code, value]) => ({ name: code, value, link: <span title={code}>{words(code)}</span> }))}
      format={count}
      empty={query.error ? query.error.message : query.isPending ? 'Loading…' : 'Nothing has failed.'}
      tone="bg-bad"
    />
  );
}

function Costs() {
  const projects = useQuery(projectsQuery);
  const asked = (projects.data ?? []).slice(0, MOST_PROJECTS);
  const spent = useQueries({ queries: asked.map((one) => projectUsage(one.name)) });
  const costs = asked.map((one, n) => ({ one, usage: spent[n]?.data }));
  const inDollars = costs.some(({ usage }) => (usage?.costUsd ?? 0) > 0);
  const link = (name: string) => <Link to="/projects/$name" params={{ name }} className="hover:underline">{name}</Link>;
  return (
    <Bars
      title="Cost by project"
      note={inDollars ? 'in US dollars, as engines tell it' : 'in tokens: no engine tells a price'}
      rows={costs.map(({ one, usage }) => ({ name: one.name, link: link(one.name), value: inDollars ? (usage?.costUsd ?? 0) : usage ? usage.inputTokens + usage.outputTokens : 0 }))}
      format={inDollars ? money : (value) => `${count(value)} tokens`}
      empty={projects.error ? projects.error.message : projects.isPending ? 'Loading…' : 'Nothing has been spent.'}
    />
  );
}
