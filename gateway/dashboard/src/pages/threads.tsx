import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { MessagesSquare, Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { ChosenThreads } from '@/features/threads/chosen-threads';
import { ThreadRow } from '@/features/threads/thread-row';
import { machines as machinesQuery, projects as projectsQuery, type ThreadFilter, threads } from '@/shared/api/queries';
import { Empty, Failed, field, PageHead, Select, Skeleton, useRowKeys } from '@/shared/ui/kit';

const STATUSES = ['running', 'waiting', 'queued', 'stopping', 'idle'];
const ROW = 44;

export function ThreadsPage() {
  const filter = useSearch({ strict: false }) as ThreadFilter;
  const navigate = useNavigate();
  const projects = useQuery(projectsQuery);
  const machines = useQuery(machinesQuery);
  const query = useInfiniteQuery(threads(filter));
  const keys = useRowKeys();
  const scroller = useRef<HTMLDivElement>(null);
  const list = query.data ?? [];
  const rows = useVirtualizer({ count: list.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 20 });
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) => choose((now) => new Set(now.has(id) ? [...now].filter((one) => one !== id) : [...now, id]));
  const set = (change: ThreadFilter) =>
    void navigate({ to: '/threads', search: Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, value]) => value)) as never, replace: true });
  const shown = rows.getVirtualItems();
  const atEnd = (shown.at(-1)?.index ?? 0) >= list.length - 10;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (atEnd && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [atEnd, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const engines = [...new Set((machines.data ?? []).flatMap((one) => one.engines.map((engine) => engine.name)))].sort();
  const filtered = Object.keys(filter).length > 0;
  return (
    <>
      <PageHead title="Threads">
        <SearchField value={filter.q ?? ''} onChange={(q) => set({ q })} />
        <Select label="Project" value={filter.project ?? ''} onChange={(project) => set({ project })}><option value="">All projects</option>{(projects.data ?? []).map((one) => <option key={one.id}>{one.name}</option>)}</Select>
        <Select label="Status" value={filter.status ?? ''} onChange={(status) => set({ status })}><option value="">Any status</option>{STATUSES.map((one) => <option key={one}>{one}</option>)}</Select>
        <Select label="Engine" value={filter.engine ?? ''} onChange={(engine) => set({ engine })}><option value="">Any engine</option>{engines.map((one) => <option key={one}>{one}</option>)}</Select>
        <Select label="Archive" value={String(filter.archived ?? '')} onChange={(archived) => set({ archived: archived as never })}><option value="">Not archived</option><option value="true">Archived</option></Select>
      </PageHead>
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto" onKeyDown={keys}>
        {query.error && !query.data ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : query.isPending ? (
          <Skeleton rows={10} />
        ) : list.length === 0 ? (
          <Empty icon={MessagesSquare} title={filtered ? 'No thread matches' : 'No threads yet'}>{filtered ? 'Take a filter away to see more.' : 'Press C to start one.'}</Empty>
        ) : (
          <div className="relative" style={{ height: rows.getTotalSize() }}>
            {shown.map((row) => {
              const thread = list[row.index];
              return thread && <div key={thread.id} className="absolute inset-x-0 top-0" style={{ transform: `translateY(${row.start}px)` }}><ThreadRow thread={thread} selected={chosen.has(thread.id)} onSelect={toggle} /></div>;
            })}
          </div>
        )}
      </div>
      {chosen.size > 0 && <ChosenThreads threads={list.filter((one) => chosen.has(one.id))} onDone={() => choose(new Set())} />}
    </>
  );
}

function SearchField({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const [text, setText] = useState(value);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  });
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => change.current(text.trim()), 200);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <label className="relative">
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" aria-hidden />
      <input type="search" data-search aria-label="Search threads" placeholder="Search" value={text} onChange={(event) => setText(event.target.value)} className={`${field} h-8 w-44 pl-8`} />
    </label>
  );
}
