import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Coffee, Play } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { ApprovalCard } from '@/features/approvals/approval-card';
import { NeedRow } from '@/features/home/need-row';
import { mergedThreads, overview } from '@/features/home/needs';
import { useLooked, useSeen } from '@/features/home/use-looked';
import { ThreadRow } from '@/features/threads/thread-row';
import { type Approval, machines as machinesQuery, pendingApprovals, type Thread, threads } from '@/shared/api/queries';
import { Empty, Failed, Key, PageHead, Skeleton, useRowKeys } from '@/shared/ui/kit';

function Group({ title, count, children, keys }: { title: string; count: number; children: ReactNode; keys?: [string, string][] }) {
  if (count === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="sticky top-0 z-10 flex h-9 items-center gap-2 border-b border-line bg-side px-4 text-xs font-medium text-soft">
        {title} <span className="text-faint tabular-nums">{count}</span>
        {keys && <span className="ml-auto hidden items-center gap-3 font-normal md:flex">{keys.map(([key, what]) => <span key={key} className="flex items-center gap-1.5"><Key>{key}</Key>{what}</span>)}</span>}
      </h2>
      {children}
    </section>
  );
}

const rows = (list: Thread[]) => list.map((thread) => <ThreadRow key={thread.id} thread={thread} />);

/** What needs a person, then what runs, then what has ended. */
export function HomePage() {
  const approvals = useQuery(pendingApprovals);
  const recent = useInfiniteQuery(threads({ includeChildren: true }, 200));
  const running = useInfiniteQuery(threads({ includeChildren: true, status: 'running' }, 200));
  const waiting = useInfiniteQuery(threads({ includeChildren: true, status: 'waiting' }, 200));
  const machines = useQuery(machinesQuery);
  const looked = useLooked();
  const [seen, setSeen] = useSeen();
  const keys = useRowKeys();
  const navigate = useNavigate();
  const list = useMemo(() => mergedThreads(recent.data ?? [], running.data ?? [], waiting.data ?? []), [recent.data, running.data, waiting.data]);
  const { budgets, held, failed, active, fresh, earlier } = useMemo(() => overview(list, seen, looked), [list, seen, looked]);
  const titles = useMemo(() => new Map(list.map((thread) => [thread.id, thread.title])), [list]);
  const asked = approvals.data ?? [];
  const needs = asked.length + failed.length + held.length + budgets.length;
  const error = recent.error ?? approvals.error;
  const online = (machines.data ?? []).filter((one) => one.state === 'online');
  const open = (thread: Thread) => () => void navigate({ to: '/threads/$id', params: { id: thread.id } });
  const loaded = Boolean(recent.data);
  return (
    <>
      <PageHead title="Home">
        {loaded && (
          <p className="flex flex-wrap gap-x-4 text-xs text-soft tabular-nums">
            <span className={needs > 0 ? 'text-warn' : undefined}>{needs} need{needs === 1 ? 's' : ''} you</span>
            <span>{active.filter((one) => one.status !== 'queued').length} active</span>
            <span>{active.filter((one) => one.status === 'queued').length} queued</span>
            {machines.data && <Link to="/machines" className="hover:text-ink">{online.reduce((sum, one) => sum + one.busy, 0)} of {online.reduce((sum, one) => sum + one.slots, 0)} slots</Link>}
          </p>
        )}
      </PageHead>
      <div className="min-h-0 flex-1 overflow-y-auto" onKeyDown={keys}>
        {error && !loaded ? (
          <Failed error={error} retry={() => { void recent.refetch(); void approvals.refetch(); }} />
        ) : !loaded || approvals.isPending ? (
          <Skeleton />
        ) : list.length === 0 && asked.length === 0 ? (
          <Empty icon={Play} title="Nothing has run yet">Press <Key>C</Key> to start a first thread. It appears here, live.</Empty>
        ) : (
          <>
            <Group title="Waiting for you" count={asked.length} keys={[['J', 'next'], ['A', 'allow'], ['D', 'deny']]}>
              <div className="grid gap-2 p-3 sm:p-4 2xl:grid-cols-2">
                {asked.map((approval) => <ApprovalCard key={approval.id} approval={approval} link={<Where approval={approval} title={approval.threadId ? titles.get(approval.threadId) : undefined} />} />)}
              </div>
            </Group>
            {needs === 0 && <p className="flex items-center gap-2 border-b border-line px-4 py-4 text-[13px] text-soft"><Coffee className="size-4" aria-hidden />Nothing needs you.</p>}
            <Group title="Paused by a budget" count={budgets.length}>{budgets.map((thread) => <NeedRow key={thread.id} thread={thread} kind="budget" open={open(thread)} />)}</Group>
            <Group title="Held back" count={held.length} keys={[['R', 'go on']]}>{held.map((thread) => <NeedRow key={thread.id} thread={thread} kind="held" open={open(thread)} />)}</Group>
            <Group title="Failed" count={failed.length} keys={[['R', 'retry'], ['E', 'seen']]}>
              {failed.map((thread) => <NeedRow key={thread.id} thread={thread} kind="failed" open={open(thread)} onSeen={() => thread.lastOutcome && setSeen(thread.id, thread.lastOutcome.at)} />)}
            </Group>
            <Group title="Now" count={active.length}>{rows(active)}</Group>
            <Group title={looked > 0 ? 'Finished since you last looked' : 'Finished'} count={fresh.length}>{rows(fresh)}</Group>
            <Group title="Finished earlier" count={earlier.length}>{rows(earlier)}</Group>
          </>
        )}
      </div>
    </>
  );
}

/** Whose question it is, and the way there. */
function Where({ approval, title }: { approval: Approval; title?: string }) {
  const look = 'text-accent-ink underline';
  return approval.threadId ? (
    <>{'· '}<Link to="/threads/$id" params={{ id: approval.threadId }} className={look}>{title || 'open thread'}</Link></>
  ) : (
    <>{'· '}<Link to="/sessions/$id" params={{ id: approval.sessionId }} className={look}>open session</Link></>
  );
}
