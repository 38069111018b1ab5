import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Search, SearchX } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Marked } from '@/features/search/marked';
import { projects as projectsQuery, searchHits } from '@/shared/api/queries';
import { Ago, bareField, Empty, Failed, More, PageHead, Select, Skeleton, useRowKeys } from '@/shared/ui/kit';

/** Words that stand in the titles of threads, and in what was said on them. */
export function SearchPage() {
  const { q = '', project = '' } = useSearch({ strict: false }) as { q?: string; project?: string };
  const navigate = useNavigate();
  const [text, setText] = useState(q);
  const [asked, setAsked] = useState(q);
  // The palette may ask for something else while this page is open.
  if (asked !== q) {
    setAsked(q);
    setText(q);
  }
  const set = (change: { q?: string; project?: string }) =>
    void navigate({ to: '/search', search: Object.fromEntries(Object.entries({ q, project, ...change }).filter(([, value]) => value)) as never, replace: true });
  const go = useRef(set);
  useEffect(() => {
    go.current = set;
  });
  useEffect(() => {
    if (text.trim() === q) return;
    const timer = setTimeout(() => go.current({ q: text.trim() }), 250);
    return () => clearTimeout(timer);
  }, [text, q]);
  const projects = useQuery(projectsQuery);
  const query = useInfiniteQuery({ ...searchHits(q, project), enabled: q !== '' });
  const keys = useRowKeys();
  return (
    <>
      <PageHead title="Search">
        <label className="relative">
          <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" aria-hidden />
          <input type="search" data-search autoFocus aria-label="Search everything" placeholder="Words of a title or a message" value={text} onChange={(event) => setText(event.target.value)} className={`${bareField} h-8 w-56 pl-8 sm:w-80`} />
        </label>
        <Select label="Project" value={project} onChange={(next) => set({ project: next })}>
          <option value="">All projects</option>
          {(projects.data ?? []).map((one) => <option key={one.id}>{one.name}</option>)}
        </Select>
      </PageHead>
      <div className="min-h-0 flex-1 overflow-y-auto" onKeyDown={keys}>
        {q === '' ? (
          <Empty icon={Search} title="Search all threads">Each word is found by its beginning, in titles and in everything that was said.</Empty>
        ) : query.error && !query.data ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : query.isPending ? (
          <Skeleton />
        ) : query.data.length === 0 ? (
          <Empty icon={SearchX} title={`Nothing holds “${q}”`}>All the words must stand together in one message, or in one title. Try fewer.</Empty>
        ) : (
          <>
            {query.data.map((hit) => (
              <Link
                key={`${hit.threadId} ${hit.messageId ?? ''}`}
                data-row
                to="/threads/$id"
                params={{ id: hit.threadId }}
                search={(hit.messageId ? { message: hit.messageId } : {}) as never}
                className="block space-y-0.5 border-b border-line px-4 py-2.5 text-[13px] hover:bg-hover focus-visible:bg-hover"
              >
                <span className="flex items-center gap-3">
                  <span className="min-w-0 flex-1 truncate font-medium">{hit.title || 'Untitled'}</span>
                  {hit.archived && <span className="text-xs text-faint">archived</span>}
                  <span className="shrink-0 text-xs text-soft">{hit.project}</span>
                  <span className="w-8 shrink-0 text-right"><Ago at={hit.at} /></span>
                </span>
                <span className="line-clamp-2 break-words text-soft">
                  {hit.role && <span className="mr-1.5 text-xs text-faint">{hit.role === 'user' ? 'you' : hit.role}</span>}
                  <Marked snippet={hit.snippet} />
                </span>
              </Link>
            ))}
            <More query={query} />
          </>
        )}
      </div>
    </>
  );
}
