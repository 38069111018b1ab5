import { useQueryClient } from '@tanstack/react-query';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { FolderGit2, House, type LucideIcon, MessagesSquare, Play, Plus, Search, Server } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type Command, Palette } from '@/features/palette/palette';
import { signOut } from '@/features/sign-in/session';
import { NewThread } from '@/features/threads/new-thread';
import { pendingApprovals } from '@/shared/api/queries';
import { useLiveLists, useLiveState } from '@/shared/live/live-lists';
import { cx, Dialog, Key } from '@/shared/ui/kit';
import { setTheme } from './theme';

const PLACES: { to: '/' | '/threads' | '/sessions' | '/projects' | '/machines'; name: string; icon: LucideIcon; key: string }[] = [
  { to: '/', name: 'Home', icon: House, key: 'h' },
  { to: '/threads', name: 'Threads', icon: MessagesSquare, key: 't' },
  { to: '/sessions', name: 'Sessions', icon: Play, key: 's' },
  { to: '/projects', name: 'Projects', icon: FolderGit2, key: 'p' },
  { to: '/machines', name: 'Machines', icon: Server, key: 'm' },
];

type Layer = 'palette' | 'new' | 'keys' | null;

export function Shell() {
  useLiveLists();
  const live = useLiveState();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [layer, setLayer] = useState<Layer>(null);
  const waiting = useQuery(pendingApprovals).data?.length ?? 0;

  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) Heddle` : 'Heddle';
  }, [waiting]);

  useEffect(() => {
    let went = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setLayer((now) => (now === 'palette' ? null : 'palette'));
        return;
      }
      const target = event.target as HTMLElement;
      if (event.metaKey || event.ctrlKey || event.altKey || target.closest('input, textarea, select, dialog, [contenteditable]')) return;
      const place = PLACES.find((one) => one.key === event.key);
      if (performance.now() - went < 1000 && place) {
        went = 0;
        void navigate({ to: place.to });
      } else if (event.key === 'g') went = performance.now();
      else if (event.key === 'c') {
        event.preventDefault();
        setLayer('new');
      } else if (event.key === '?') setLayer('keys');
      else if (event.key === '/') {
        event.preventDefault();
        const search = document.querySelector<HTMLInputElement>('[data-search]');
        if (search) search.focus();
        else setLayer('palette');
      } else if (event.key === 'j' && target === document.body) document.querySelector<HTMLElement>('[data-row]')?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate]);

  const commands: Command[] = [
    { name: 'New thread', hint: 'C', run: () => setLayer('new') },
    ...PLACES.map((place) => ({ name: `Go to ${place.name}`, hint: `G ${place.key.toUpperCase()}`, run: () => void navigate({ to: place.to }) })),
    { name: 'Theme: light', run: () => setTheme('light') },
    { name: 'Theme: dark', run: () => setTheme('dark') },
    { name: 'Theme: as the system', run: () => setTheme('system') },
    { name: 'Keyboard shortcuts', hint: '?', run: () => setLayer('keys') },
    { name: 'Sign out', run: () => void signOut().finally(() => client.resetQueries()) },
  ];
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <nav aria-label="Main" className="order-last flex shrink-0 border-t border-line bg-side md:order-none md:w-52 md:flex-col md:gap-0.5 md:border-t-0 md:border-r md:p-2">
        <div className="mb-1 hidden items-center gap-2 px-2 py-1.5 md:flex">
          <img src="/favicon.svg" alt="" className="size-5" />
          <span className="text-sm font-semibold">Heddle</span>
          <button type="button" aria-label="Search and commands" title="Search and commands (Ctrl K)" onClick={() => setLayer('palette')} className="ml-auto rounded p-1 text-soft hover:bg-hover hover:text-ink"><Search className="size-4" aria-hidden /></button>
          <button type="button" aria-label="New thread" title="New thread (C)" onClick={() => setLayer('new')} className="rounded p-1 text-soft hover:bg-hover hover:text-ink"><Plus className="size-4" aria-hidden /></button>
        </div>
        {PLACES.map(({ to, name, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            activeProps={{ className: 'text-ink md:bg-hover', 'aria-current': 'page' }}
            inactiveProps={{ className: 'text-soft hover:text-ink' }}
            className="flex flex-1 flex-col items-center gap-0.5 rounded-md py-2 text-[11px] md:flex-none md:flex-row md:gap-2.5 md:px-2 md:py-1.5 md:text-[13px]"
          >
            <Icon className="size-4" strokeWidth={1.75} aria-hidden />
            {name}
            {to === '/' && waiting > 0 && <span className="text-xs text-warn md:ml-auto">{waiting}</span>}
          </Link>
        ))}
        <button type="button" onClick={() => setLayer('new')} className="flex flex-1 flex-col items-center gap-0.5 py-2 text-[11px] text-soft md:hidden"><Plus className="size-4" aria-hidden />New</button>
        <p role="status" className={cx('mt-auto hidden items-center gap-2 px-2 py-1.5 text-xs md:flex', live === 'behind' ? 'text-warn' : 'text-soft')}>
          <span className={cx('size-1.5 rounded-full', live === 'live' ? 'bg-good' : 'bg-warn')} aria-hidden />
          {live === 'live' ? 'Live' : live === 'behind' ? 'Offline; trying again' : 'Connecting'}
        </p>
      </nav>
      <main className="relative flex min-h-0 min-w-0 flex-1 flex-col"><Outlet /></main>
      <Palette open={layer === 'palette'} onClose={() => setLayer((now) => (now === 'palette' ? null : now))} commands={commands} openThread={(id) => void navigate({ to: '/threads/$id', params: { id } })} />
      {layer === 'new' && <NewThread open onClose={() => setLayer(null)} />}
      <Dialog open={layer === 'keys'} onClose={() => setLayer(null)} label="Keyboard shortcuts"><Shortcuts /></Dialog>
    </div>
  );
}

function Shortcuts() {
  const rows: [string[], string][] = [
    [['Ctrl', 'K'], 'Search and commands'],
    [['C'], 'New thread'],
    ...PLACES.map(({ key, name }): [string[], string] => [['G', key.toUpperCase()], name]),
    [['J'], 'Next row'],
    [['K'], 'Row before'],
    [['Enter'], 'Open it'],
    [['/'], 'Search'],
    [['A'], 'Allow the approval that has the focus'],
    [['D'], 'Deny it'],
  ];
  return (
    <div className="p-5">
      <h2 className="mb-3 text-sm font-semibold">Keyboard shortcuts</h2>
      <dl className="space-y-2 text-[13px]">
        {rows.map(([keys, what]) => (
          <div key={what} className="flex items-center justify-between"><dt className="text-soft">{what}</dt><dd className="flex gap-1">{keys.map((key) => <Key key={key}>{key}</Key>)}</dd></div>
        ))}
      </dl>
    </div>
  );
}
