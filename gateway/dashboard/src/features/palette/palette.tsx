import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CornerDownLeft, FolderGit2, MessagesSquare, Play, Search, Zap } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { api, unwrap } from '@/shared/api/client';
import { projects as projectsQuery, sessions as sessionsQuery, threads as threadsQuery } from '@/shared/api/queries';
import { cx, Dialog, Key } from '@/shared/ui/kit';
import { best } from './match';

export interface Command {
  name: string;
  hint?: string;
  run: () => void;
}

interface Entry extends Command {
  id: string;
  group: 'Actions' | 'Threads' | 'Said on threads' | 'Projects' | 'Sessions';
}

const ICONS = { Actions: Zap, Threads: MessagesSquare, 'Said on threads': MessagesSquare, Projects: FolderGit2, Sessions: Play };

function useLater(value: string, ms: number) {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return late;
}

interface Props {
  onClose: () => void;
  commands: Command[];
  openThread: (id: string) => void;
  openProject: (name: string) => void;
  openSession: (id: string) => void;
  searchAll: (q: string) => void;
}

/** Every command, thread, project and session by its name, and what was said on threads. */
export function Palette({ open, ...props }: Props & { open: boolean }) {
  return (
    <Dialog open={open} onClose={props.onClose} label="Command palette">
      <Content {...props} />
    </Dialog>
  );
}

function useEntries(typed: string, { commands, openThread, openProject, openSession, searchAll }: Props) {
  const q = useLater(typed.trim(), 150);
  const found = useQuery({
    queryKey: ['search', 'palette', q],
    queryFn: () => unwrap(api.GET('/api/search', { params: { query: { q, limit: 8 } } })),
    enabled: q.length > 1,
    placeholderData: (had) => had,
  });
  const threads = useInfiniteQuery(threadsQuery({}));
  const projects = useQuery(projectsQuery);
  const sessions = useInfiniteQuery({ ...sessionsQuery({}), enabled: typed.trim() !== '' });
  const wanted = typed.trim();
  const hits = q.length > 1 && wanted !== '' ? (found.data?.items ?? []) : [];
  const known = best(threads.data ?? [], wanted, (one) => one.title, wanted ? 6 : 5);
  const shown = new Set(known.map((one) => one.id));
  const entries: Entry[] = [
    ...best(commands, wanted, (one) => one.name, wanted ? 6 : 4).map((one) => ({ ...one, id: `command ${one.name}`, group: 'Actions' as const })),
    ...known.map((one) => ({ id: `thread ${one.id}`, group: 'Threads' as const, name: one.title || 'Untitled', hint: `${one.project} · ${one.status}`, run: () => openThread(one.id) })),
    ...hits.filter((hit) => hit.messageId || !shown.has(hit.threadId)).map((hit) => ({ id: `hit ${hit.threadId} ${hit.messageId ?? ''}`, group: 'Said on threads' as const, name: hit.title, hint: hit.messageId ? hit.snippet.text : hit.project, run: () => openThread(hit.threadId) })),
    ...(wanted ? best(projects.data ?? [], wanted, (one) => one.name, 4) : []).map((one) => ({ id: `project ${one.id}`, group: 'Projects' as const, name: one.name, hint: one.repository ?? undefined, run: () => openProject(one.name) })),
    ...(wanted ? (sessions.data ?? []).filter((one) => one.id.includes(wanted.toLowerCase()) || one.project.toLowerCase().startsWith(wanted.toLowerCase())).slice(0, 4) : []).map((one) => ({ id: `session ${one.id}`, group: 'Sessions' as const, name: `${one.project} ${one.id.slice(-8)}`, hint: `${one.status}${one.machine ? ` on ${one.machine}` : ''}`, run: () => openSession(one.id) })),
  ];
  if (wanted.length > 1) entries.push({ id: 'search', group: 'Said on threads', name: `Search everything for “${wanted}”`, run: () => searchAll(wanted) });
  return { entries, searching: found.isFetching };
}

function Content(props: Props) {
  const { onClose } = props;
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const { entries, searching } = useEntries(typed, props);
  const chosen = Math.min(at, entries.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  return (
    <div
      onKeyDown={(event) => {
        const step = event.key === 'ArrowDown' || (event.ctrlKey && event.key === 'n') ? 1 : event.key === 'ArrowUp' || (event.ctrlKey && event.key === 'p') ? -1 : 0;
        if (step) {
          event.preventDefault();
          setAt((chosen + step + entries.length) % Math.max(1, entries.length));
        }
        if (event.key === 'Enter') {
          event.preventDefault();
          run(entries[chosen]);
        }
      }}
    >
      <label className="flex items-center gap-2.5 border-b border-line px-4">
        <Search className="size-4 text-soft" aria-hidden />
        <input
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={entries[chosen] ? `palette-${chosen}` : undefined}
          aria-label="Command or search"
          placeholder="Go to, do, or find…"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          className="h-12 w-full bg-transparent text-[15px] outline-none placeholder:text-faint"
        />
        <Key>Esc</Key>
      </label>
      <ul ref={list} id="palette-list" role="listbox" aria-label="Results" className="max-h-[50vh] overflow-y-auto p-1.5">
        {entries.map((entry, n) => {
          const Icon = ICONS[entry.group];
          return (
            <li
              key={entry.id}
              id={`palette-${n}`}
              role="option"
              aria-selected={n === chosen}
              onMouseMove={() => setAt(n)}
              onClick={() => run(entry)}
              className={cx('flex cursor-pointer items-center gap-3 rounded-md px-3 py-2 text-[13px]', n === chosen && 'bg-hover', n > 0 && entries[n - 1]?.group !== entry.group && 'mt-1.5')}
            >
              <Icon className="size-3.5 shrink-0 text-faint" aria-label={entry.group} />
              <span className="max-w-[65%] truncate text-ink">{entry.name}</span>
              <span className="ml-auto min-w-0 truncate text-xs text-soft">{entry.hint}</span>
              {n === chosen && <CornerDownLeft className="size-3.5 shrink-0 text-faint" aria-hidden />}
            </li>
          );
        })}
        {entries.length === 0 && <li role="option" aria-selected={false} aria-disabled className="px-3 py-4 text-center text-[13px] text-soft">{searching ? 'Searching…' : 'Nothing of that name'}</li>}
      </ul>
    </div>
  );
}
