import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, unwrap } from '@/shared/api/client';
import { cx, Dialog, Key } from '@/shared/ui/kit';

export interface Command {
  name: string;
  hint?: string;
  run: () => void;
}

function useLater(value: string, ms: number) {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return late;
}

/** Every command by its name, and what was said on threads. */
export function Palette({ open, onClose, commands, openThread }: { open: boolean; onClose: () => void; commands: Command[]; openThread: (id: string) => void }) {
  return (
    <Dialog open={open} onClose={onClose} label="Command palette">
      <Content onClose={onClose} commands={commands} openThread={openThread} />
    </Dialog>
  );
}

function Content({ onClose, commands, openThread }: { onClose: () => void; commands: Command[]; openThread: (id: string) => void }) {
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const q = useLater(words.trim(), 150);
  const found = useQuery({
    queryKey: ['search', q],
    queryFn: () => unwrap(api.GET('/api/search', { params: { query: { q, limit: 8 } } })),
    enabled: q.length > 1,
  });
  const wanted = words.trim().toLowerCase();
  const entries: (Command & { id: string })[] = [
    ...commands.filter((one) => one.name.toLowerCase().includes(wanted)).map((one) => ({ ...one, id: one.name })),
    ...(q.length > 1 ? (found.data?.items ?? []) : []).map((hit) => ({
      id: `${hit.threadId}:${hit.messageId ?? 'title'}`,
      name: hit.title,
      hint: hit.messageId ? hit.snippet.text : hit.project,
      run: () => openThread(hit.threadId),
    })),
  ];
  const chosen = Math.min(at, entries.length - 1);
  return (
    <div
      onKeyDown={(event) => {
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (step) {
          event.preventDefault();
          setAt((chosen + step + entries.length) % Math.max(1, entries.length));
        }
        if (event.key === 'Enter' && entries[chosen]) {
          event.preventDefault();
          onClose();
          entries[chosen].run();
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
          placeholder="Go to, do, or find a thread…"
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setAt(0);
          }}
          className="h-12 w-full bg-transparent text-[15px] outline-none placeholder:text-faint"
        />
        <Key>Esc</Key>
      </label>
      <ul id="palette-list" role="listbox" aria-label="Results" className="max-h-[50vh] overflow-y-auto p-1.5">
        {entries.map((entry, n) => (
          <li
            key={entry.id}
            id={`palette-${n}`}
            role="option"
            aria-selected={n === chosen}
            onMouseMove={() => setAt(n)}
            onClick={() => {
              onClose();
              entry.run();
            }}
            className={cx('flex cursor-pointer items-center gap-3 rounded-md px-3 py-2 text-[13px]', n === chosen && 'bg-hover')}
          >
            <span className="shrink-0 text-ink">{entry.name}</span>
            <span className="ml-auto min-w-0 truncate text-xs text-soft">{entry.hint}</span>
          </li>
        ))}
        {entries.length === 0 && <li role="option" aria-selected={false} aria-disabled className="px-3 py-4 text-center text-[13px] text-soft">{found.isFetching ? 'Searching…' : 'Nothing of that name'}</li>}
      </ul>
    </div>
  );
}
