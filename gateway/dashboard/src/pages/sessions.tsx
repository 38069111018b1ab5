import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Play, X } from 'lucide-react';
import { FleetTimeline } from '@/features/sessions/fleet-timeline';
import { SessionBoard } from '@/features/sessions/session-board';
import { SessionDrawer } from '@/features/sessions/session-drawer';
import { SessionList } from '@/features/sessions/session-list';
import { useFleet } from '@/features/sessions/use-fleet';
import { machines as machinesQuery, projects as projectsQuery, type Session, type SessionFilter } from '@/shared/api/queries';
import { Segments } from '@/shared/ui/forms';
import { Empty, Failed, PageHead, Select, Skeleton } from '@/shared/ui/kit';
import { Conversation } from './conversation';

type View = 'board' | 'timeline' | 'list';
type Search = SessionFilter & { view?: View; event?: string };

const VIEWS = [['board', 'Board'], ['timeline', 'Timeline'], ['list', 'List']] as const;
const STATUSES = ['queued', 'claimed', 'running', 'waiting', 'stopping', 'completed', 'failed', 'cancelled'];

export function SessionsPage() {
  const search = useSearch({ strict: false }) as Search;
  const { view = 'board', event, ...filter } = search;
  const { id } = useParams({ strict: false }) as { id?: string };
  const navigate = useNavigate();
  const projects = useQuery(projectsQuery);
  const machines = useQuery(machinesQuery);
  // The event belongs to the session that is open.
  const kept = (change: Partial<Search> = {}) => Object.fromEntries(Object.entries({ ...search, event: undefined, ...change }).filter(([, value]) => value)) as never;
  const set = (change: Partial<Search>) => void navigate({ to: '/sessions', search: kept(change), replace: true });
  const open = (one: Session) => void navigate({ to: '/sessions/$id', params: { id: one.id }, search: kept() });
  const filtered = Boolean(filter.project || filter.machine || filter.status);
  return (
    <>
      <PageHead title="Sessions">
        <Segments label="View" value={view} options={VIEWS} onChange={(next) => set({ view: next === 'board' ? undefined : next, ...(next === 'list' ? {} : { status: undefined }) })} />
        {view === 'list' && (
          <Select label="Status" value={filter.status ?? ''} onChange={(status) => set({ status })}>
            <option value="">Any status</option>
            {STATUSES.map((one) => <option key={one}>{one}</option>)}
          </Select>
        )}
        <Select label="Project" value={filter.project ?? ''} onChange={(project) => set({ project })}>
          <option value="">All projects</option>
          {(projects.data ?? []).map((one) => <option key={one.id}>{one.name}</option>)}
        </Select>
        <Select label="Machine" value={filter.machine ?? ''} onChange={(machine) => set({ machine })}>
          <option value="">All machines</option>
          {[...new Set([...(machines.data ?? []).map((one) => one.id), ...(filter.machine ? [filter.machine] : [])])].map((one) => <option key={one}>{one}</option>)}
        </Select>
        {filtered && <button type="button" aria-label="Show all" title="Show all" onClick={() => set({ project: undefined, machine: undefined, status: undefined })} className="rounded p-1.5 text-soft hover:bg-hover hover:text-ink"><X className="size-3.5" aria-hidden /></button>}
      </PageHead>
      {view === 'list' ? (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <SessionList filter={filter} empty={filtered ? 'No session matches' : 'No session yet'} hint={filtered ? 'Take a filter away to see more.' : 'Press C to start a thread; its runs appear here.'} onOpen={open} />
        </div>
      ) : (
        <Fleet view={view} filter={filter} filtered={filtered} onOpen={open} onAll={() => set({ view: 'list' })} />
      )}
      {id && <SessionDrawer key={id} id={id} event={event} onClose={() => void navigate({ to: '/sessions', search: kept() })} conversation={(thread) => <Conversation thread={thread} />} />}
    </>
  );
}

function Fleet({ view, filter, filtered, onOpen, onAll }: { view: View; filter: SessionFilter; filtered: boolean; onOpen: (session: Session) => void; onAll: () => void }) {
  const { list, recent, isPending, error, retry } = useFleet({ project: filter.project, machine: filter.machine });
  if (error) return <Failed error={error} retry={retry} />;
  if (isPending) return <Skeleton rows={8} />;
  if (view === 'timeline') return <FleetTimeline sessions={list} more={recent} onOpen={onOpen} />;
  if (list.length === 0) return <Empty icon={Play} title={filtered ? 'No session matches' : 'No session yet'}>{filtered ? 'Take a filter away to see more.' : 'Press C to start a thread; its runs appear here.'}</Empty>;
  return <SessionBoard sessions={list} onOpen={onOpen} onAll={onAll} />;
}
