import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { SessionDrawer } from '@/features/sessions/session-drawer';
import { SessionList } from '@/features/sessions/session-list';
import { projects as projectsQuery, type SessionFilter } from '@/shared/api/queries';
import { cx, PageHead, Select } from '@/shared/ui/kit';
import { Conversation } from './conversation';

const TABS = ['', 'queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'];

export function SessionsPage() {
  const filter = useSearch({ strict: false }) as SessionFilter;
  const { id } = useParams({ strict: false }) as { id?: string };
  const navigate = useNavigate();
  const projects = useQuery(projectsQuery);
  const search = (change: SessionFilter) => Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, value]) => value)) as never;
  return (
    <>
      <PageHead title="Sessions">
        <div className="flex flex-wrap gap-0.5" role="group" aria-label="Status">
          {TABS.map((status) => (
            <button
              key={status}
              type="button"
              aria-pressed={(filter.status ?? '') === status}
              onClick={() => void navigate({ to: '/sessions', search: search({ status }), replace: true })}
              className={cx('rounded-md px-2.5 py-1 text-[13px] first-letter:uppercase', (filter.status ?? '') === status ? 'bg-hover text-ink' : 'text-soft hover:text-ink')}
            >
              {status || 'all'}
            </button>
          ))}
        </div>
        <Select label="Project" value={filter.project ?? ''} onChange={(project) => void navigate({ to: '/sessions', search: search({ project }), replace: true })}>
          <option value="">All projects</option>
          {(projects.data ?? []).map((one) => <option key={one.id}>{one.name}</option>)}
        </Select>
      </PageHead>
      {filter.machine && <p className="border-b border-line px-4 py-2 text-xs text-soft">On {filter.machine} <button type="button" className="text-accent-ink hover:underline" onClick={() => void navigate({ to: '/sessions', search: search({ machine: '' }) })}>show all</button></p>}
      <div className="min-h-0 flex-1 overflow-y-auto">
        <SessionList filter={filter} empty="No session is here" onOpen={(one) => void navigate({ to: '/sessions/$id', params: { id: one.id }, search: filter as never })} />
      </div>
      {id && <SessionDrawer key={id} id={id} onClose={() => void navigate({ to: '/sessions', search: filter as never })} conversation={(thread) => <Conversation thread={thread} />} />}
    </>
  );
}
