import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Coffee, Play } from 'lucide-react';
import { ApprovalCard } from '@/features/approvals/approval-card';
import { ThreadRow } from '@/features/threads/thread-row';
import { pendingApprovals, type Thread, threads } from '@/shared/api/queries';
import { Empty, Failed, PageHead, Skeleton, useRowKeys } from '@/shared/ui/kit';

function Group({ title, list }: { title: string; list: Thread[] }) {
  if (list.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2 className="flex h-9 items-center gap-2 border-b border-line bg-side px-4 text-xs font-medium text-soft">{title} <span className="text-faint">{list.length}</span></h2>
      {list.map((thread) => <ThreadRow key={thread.id} thread={thread} />)}
    </section>
  );
}

/** What needs a person, then what runs, then what has ended. */
export function HomePage() {
  const approvals = useQuery(pendingApprovals);
  const recent = useInfiniteQuery(threads({}));
  const keys = useRowKeys();
  const list = recent.data ?? [];
  const failed = list.filter((one) => one.status === 'idle' && one.lastOutcome?.status === 'failed' && !one.held);
  const held = list.filter((one) => one.held);
  const active = list.filter((one) => one.status !== 'idle');
  const over = list.filter((one) => one.status === 'idle' && one.lastOutcome && one.lastOutcome.status !== 'failed' && !one.held).slice(0, 10);
  const asked = approvals.data ?? [];
  const error = recent.error ?? approvals.error;
  return (
    <>
      <PageHead title="Home" />
      <div className="min-h-0 flex-1 overflow-y-auto" onKeyDown={keys}>
        {error && list.length === 0 ? (
          <Failed error={error} retry={() => { void recent.refetch(); void approvals.refetch(); }} />
        ) : recent.isPending ? (
          <Skeleton />
        ) : list.length === 0 && asked.length === 0 ? (
          <Empty icon={Play} title="Nothing has run yet">Press C to start a first thread. It appears here, live.</Empty>
        ) : (
          <>
            {asked.length > 0 && (
              <section aria-label="Waiting for you" className="space-y-2 p-4">
                <h2 className="text-xs font-medium text-soft">Waiting for you</h2>
                {asked.map((approval) => (
                  <ApprovalCard
                    key={approval.id}
                    approval={approval}
                    link={approval.threadId && <Link to="/threads/$id" params={{ id: approval.threadId }} className="text-accent-ink hover:underline">open thread</Link>}
                  />
                ))}
              </section>
            )}
            {asked.length + failed.length + held.length === 0 && (
              <p className="flex items-center gap-2 border-b border-line px-4 py-4 text-[13px] text-soft"><Coffee className="size-4" aria-hidden />Nothing needs you.</p>
            )}
            <Group title="Held back" list={held} />
            <Group title="Failed" list={failed} />
            <Group title="Running and waiting" list={active} />
            <Group title="Finished lately" list={over} />
          </>
        )}
      </div>
    </>
  );
}
