import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ChevronLeft, Circle, CircleCheck, CircleDot } from 'lucide-react';
import { useState } from 'react';
import { Composer } from '@/features/threads/composer';
import { shownStatus } from '@/features/threads/thread-row';
import { plan as planQuery, type Thread, thread as threadQuery } from '@/shared/api/queries';
import { Button, Failed, PageHead, Skeleton, StatusDot } from '@/shared/ui/kit';
import { Conversation } from './conversation';

export function ThreadPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useQuery(threadQuery(id));
  const [panel, setPanel] = useState(() => window.innerWidth >= 1200);
  const thread = query.data;
  if (query.error && !thread) return <><PageHead title="Thread" /><Failed error={query.error} retry={() => void query.refetch()} /></>;
  return (
    <>
      <PageHead
        title={
          <span className="flex min-w-0 items-center gap-2">
            <Link to="/threads" aria-label="All threads" className="text-soft hover:text-ink"><ChevronLeft className="size-4" aria-hidden /></Link>
            <span className="truncate">{thread?.title ?? 'Thread'}</span>
          </span>
        }
        note={thread && <StatusDot status={shownStatus(thread)} />}
      >
        <Button look="quiet" aria-pressed={panel} onClick={() => setPanel(!panel)}>Details</Button>
      </PageHead>
      <div className="flex min-h-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col">
          {thread ? <Conversation key={id} thread={id} /> : <Skeleton />}
          {thread && <div className="mt-auto"><Composer thread={thread} /></div>}
        </div>
        {panel && thread && <Details thread={thread} />}
      </div>
    </>
  );
}

const MARKS = { completed: CircleCheck, in_progress: CircleDot } as Record<string, typeof Circle>;

function Details({ thread }: { thread: Thread }) {
  const plan = useQuery(planQuery(thread.id));
  const facts: [string, React.ReactNode][] = [
    ['Project', <Link key="p" to="/projects/$name" params={{ name: thread.project }} className="text-accent-ink hover:underline">{thread.project}</Link>],
    ['Engine', thread.engine],
    ['Model', thread.model],
    ['Mode', thread.mode],
    ['Permission', thread.permission],
    ['Machine', thread.machine],
    ['Branch', thread.branch],
    ['Changed files', thread.changedFiles],
    ['Pull request', thread.pullRequest?.url && <a key="u" href={thread.pullRequest.url} target="_blank" rel="noopener noreferrer" className="text-accent-ink hover:underline">#{thread.pullRequest.number}</a>],
    ['Messages', thread.messageCount],
    ['Tokens', thread.usage.inputTokens + thread.usage.outputTokens || null],
    ['Cost', thread.usage.costUsd !== null && thread.usage.costUsd !== undefined ? `$${thread.usage.costUsd.toFixed(2)}` : null],
  ];
  const tasks = plan.data?.tasks ?? [];
  return (
    <aside aria-label="Details" className="absolute inset-y-0 right-0 z-20 w-72 shrink-0 space-y-5 overflow-y-auto border-l border-line bg-page p-4 text-[13px] md:static">
      <dl className="space-y-2">
        {facts.filter(([, value]) => value !== null && value !== undefined && value !== '').map(([name, value]) => (
          <div key={name} className="flex gap-3">
            <dt className="w-24 shrink-0 text-soft">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
      {tasks.length > 0 && (
        <section aria-label="Plan" className="space-y-1.5">
          <h2 className="text-xs font-medium text-soft">Plan</h2>
          <ul className="space-y-1.5">
            {tasks.map((task, n) => {
              const Mark = MARKS[task.status ?? ''] ?? Circle;
              return <li key={n} className="flex gap-2"><Mark className="mt-0.5 size-3.5 shrink-0 text-soft" aria-label={task.status} /><span className={task.status === 'completed' ? 'text-soft line-through' : ''}>{task.text}</span></li>;
            })}
          </ul>
        </section>
      )}
    </aside>
  );
}
