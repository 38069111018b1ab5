import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Ban, Circle, CircleCheck, CircleDot, CornerDownRight, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { api, type Schemas, unwrap } from '@/shared/api/client';
import { plan as planQuery, type Thread } from '@/shared/api/queries';
import { Ago, StatusDot } from '@/shared/ui/kit';

const children = (id: string) => ({
  queryKey: ['thread', id, 'children'],
  queryFn: async () => (await unwrap(api.GET('/api/threads/{id}/children', { params: { path: { id } } }))).items as Schemas['ChildView'][],
});

const number = (value: number) => value.toLocaleString('en');
const money = (value: number) => `$${value.toFixed(value < 1 ? 3 : 2)}`;

/** What a thread is, what it means to do, who works for it, and what it has spent. */
export function DetailsPanel({ thread }: { thread: Thread }) {
  const link = 'text-accent-ink hover:underline';
  const facts: [string, ReactNode][] = [
    ['Project', <Link key="p" to="/projects/$name" params={{ name: thread.project }} className={link}>{thread.project}</Link>],
    ['Works for', thread.delegation && <Link key="d" to="/threads/$id" params={{ id: thread.delegation.parent }} className={link}>another thread</Link>],
    ['Engine', [thread.engine, thread.model].filter(Boolean).join(' · ')],
    ['Mode', [thread.mode, thread.effort].filter(Boolean).join(' · ')],
    ['Permission', thread.permission],
    ['Machine', thread.machine ?? thread.placement.machine],
    ['Pool', thread.placement.pool === 'default' ? null : thread.placement.pool],
    ['Begun', <span key="b" className="inline-flex items-baseline gap-1"><Ago at={thread.createdAt} /> <span className="text-soft">by {thread.createdBy}</span></span>],
  ];
  return (
    <div className="space-y-6 text-[13px]">
      <dl className="space-y-2">
        {facts.filter(([, value]) => value).map(([name, value]) => (
          <div key={name} className="flex gap-3"><dt className="w-24 shrink-0 text-soft">{name}</dt><dd className="min-w-0 break-words">{value}</dd></div>
        ))}
      </dl>
      <Plan thread={thread} />
      <Children thread={thread} />
      <Usage thread={thread} />
    </div>
  );
}

const MARKS: Record<string, [LucideIcon, string]> = {
  completed: [CircleCheck, 'text-done'], in_progress: [CircleDot, 'text-good'], blocked: [Ban, 'text-bad'], pending: [Circle, 'text-faint'],
};

function Plan({ thread }: { thread: Thread }) {
  const plan = useQuery(planQuery(thread.id)).data;
  const tasks = plan?.tasks ?? [];
  const questions = plan?.questions ?? [];
  if (tasks.length === 0 && questions.length === 0 && !plan?.document) return null;
  const done = tasks.filter((task) => task.status === 'completed').length;
  return (
    <section aria-label="Plan" className="space-y-2">
      <h2 className="flex justify-between text-xs font-medium text-soft">Plan{tasks.length > 0 && <span className="tabular-nums">{done} of {tasks.length}</span>}</h2>
      {tasks.length > 0 && (
        <ul className="space-y-1.5">
          {tasks.map((task, n) => {
            const [Mark, tone] = MARKS[task.status ?? 'pending'] ?? [Circle, 'text-faint'];
            return <li key={n} className="flex gap-2"><Mark className={`mt-0.5 size-3.5 shrink-0 ${tone}`} role="img" aria-label={task.status?.replace('_', ' ')} /><span className={task.status === 'completed' ? 'text-soft' : ''}>{task.text}</span></li>;
          })}
        </ul>
      )}
      {plan?.document && <p tabIndex={0} role="region" aria-label="Document of the plan" className="max-h-60 overflow-y-auto rounded-lg border border-line p-3 whitespace-pre-wrap">{plan.document}</p>}
      {questions.length > 0 && <ul className="list-disc space-y-1 pl-4 text-warn">{questions.map((one, n) => <li key={n}>{one}</li>)}</ul>}
    </section>
  );
}

function Children({ thread }: { thread: Thread }) {
  const query = useQuery({ ...children(thread.id), enabled: thread.descendants.total > 0 });
  const list = query.data ?? [];
  if (list.length === 0) return null;
  return (
    <section aria-label="Child threads" className="space-y-1">
      <h2 className="flex justify-between text-xs font-medium text-soft">Child threads<span className="tabular-nums">{thread.descendants.busy > 0 && `${thread.descendants.busy} at work`}</span></h2>
      <ul className="-mx-2">
        {list.map((child) => (
          <li key={child.threadId}>
            <Link to="/threads/$id" params={{ id: child.threadId }} className="flex items-center gap-2 rounded-md px-2 py-1.5 hover:bg-hover">
              <CornerDownRight className="size-3.5 shrink-0 text-faint" aria-hidden />
              <span className="min-w-0 flex-1 truncate">{child.title || child.key}<span className="block truncate text-xs text-soft">{child.result?.summary}</span></span>
              <StatusDot status={child.status === 'idle' ? (child.result?.status ?? 'idle') : child.status} label={false} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Usage({ thread }: { thread: Thread }) {
  const { inputTokens, cachedInputTokens, outputTokens, costUsd } = thread.usage;
  const budget = thread.budget;
  const rows: [string, string | number | null | undefined | false][] = [
    ['Messages', number(thread.messageCount)],
    ['Tokens in', inputTokens > 0 && number(inputTokens)],
    ['of these cached', cachedInputTokens > 0 && number(cachedInputTokens)],
    ['Tokens out', outputTokens > 0 && number(outputTokens)],
    ['Cost', costUsd !== null && costUsd !== undefined && money(costUsd)],
    ['Token budget', budget?.tokens && `${number(inputTokens + outputTokens)} of ${number(budget.tokens)}`],
    ['Cost budget', budget?.costUsd && `${money(costUsd ?? 0)} of ${money(budget.costUsd)}`],
  ];
  return (
    <section aria-label="Usage" className="space-y-2">
      <h2 className="text-xs font-medium text-soft">Usage</h2>
      <dl className="space-y-1.5">
        {rows.filter(([, value]) => value).map(([name, value]) => (
          <div key={name} className="flex justify-between gap-3"><dt className="text-soft">{name}</dt><dd className="tabular-nums">{value}</dd></div>
        ))}
      </dl>
    </section>
  );
}
