import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { CircleHelp, Contrast, LogOut, Menu, Plus, Search, WifiOff } from 'lucide-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useNotifications } from '@/features/notifications/notifications';
import { NotifyButton } from '@/features/notifications/notify-button';
import type { Command } from '@/features/palette/palette';
import { signOut } from '@/features/sign-in/session';
import { pendingApprovals } from '@/shared/api/queries';
import { useLiveLists, useLiveState } from '@/shared/live/live-lists';
import { cx, Dialog } from '@/shared/ui/kit';
import { PLACES, type Place } from './places';
import { Shortcuts } from './shortcuts';
import { setTheme, theme, type Theme } from './theme';
import { useShortcuts } from './use-shortcuts';

// The first page does not wait for what is opened by hand; it is there before a hand is.
const palette = () => import('@/features/palette/palette').then((made) => ({ default: made.Palette }));
const newThread = () => import('@/features/threads/new-thread').then((made) => ({ default: made.NewThread }));
const Palette = lazy(palette);
const NewThread = lazy(newThread);

function useEarly() {
  useEffect(() => {
    const timer = setTimeout(() => void Promise.all([palette(), newThread()]).catch(() => {}), 500);
    return () => clearTimeout(timer);
  }, []);
}

type Layer = 'palette' | 'new' | 'keys' | 'menu' | null;

const THEMES: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
/** On a narrow screen the others are behind the menu. */
const BAR = ['/', '/threads', '/sessions'];

export function Shell() {
  useLiveLists();
  useEarly();
  const live = useLiveState();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [layer, setLayer] = useState<Layer>(null);
  const close = () => setLayer(null);
  const approvals = useQuery(pendingApprovals).data;
  const waiting = approvals?.length ?? 0;
  const go = (place: Place) => void navigate({ to: place.to });
  const leave = () => void signOut().finally(() => client.resetQueries());
  useNotifications(approvals, (approval) => void (approval.threadId ? navigate({ to: '/threads/$id', params: { id: approval.threadId } }) : navigate({ to: '/' })));
  useShortcuts({ palette: () => setLayer((now) => (now === 'palette' ? null : 'palette')), newThread: () => setLayer('new'), overview: () => setLayer('keys'), go });
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) Heddle` : 'Heddle';
  }, [waiting]);

  const commands: Command[] = [
    { name: 'New thread', hint: 'C', run: () => setLayer('new') },
    ...PLACES.map((place) => ({ name: `Go to ${place.name}`, hint: `G ${place.key.toUpperCase()}`, run: () => go(place) })),
    { name: 'New project', run: () => void navigate({ to: '/projects' }) },
    { name: 'Add a machine', run: () => void navigate({ to: '/machines' }) },
    { name: 'Theme: light', run: () => setTheme('light') },
    { name: 'Theme: dark', run: () => setTheme('dark') },
    { name: 'Theme: as the system', run: () => setTheme('system') },
    { name: 'Keyboard shortcuts', hint: '?', run: () => setLayer('keys') },
    { name: 'Sign out', run: leave },
  ];
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a href="#main" className="sr-only z-50 rounded bg-accent px-3 py-2 text-white focus:not-sr-only focus:absolute focus:m-2">Skip to the page</a>
      <Sidebar waiting={waiting} live={live} open={setLayer} />
      <main id="main" tabIndex={-1} className="relative flex min-h-0 min-w-0 flex-1 flex-col outline-none">
        <Behind behind={live === 'behind'} />
        <Outlet />
      </main>
      <Bar waiting={waiting} open={setLayer} />
      <Suspense>
        {layer === 'palette' && (
          <Palette
            open
            onClose={() => setLayer((now) => (now === 'palette' ? null : now))}
            commands={commands}
            openThread={(id) => void navigate({ to: '/threads/$id', params: { id } })}
            openProject={(name) => void navigate({ to: '/projects/$name', params: { name } })}
            openSession={(id) => void navigate({ to: '/sessions/$id', params: { id } })}
            searchAll={(q) => void navigate({ to: '/search', search: { q } as never })}
          />
        )}
        {layer === 'new' && <NewThread open onClose={close} />}
      </Suspense>
      <Dialog open={layer === 'keys'} onClose={close} label="Keyboard shortcuts"><Shortcuts /></Dialog>
      <Dialog open={layer === 'menu'} onClose={close} label="Menu"><MenuSheet close={close} leave={leave} /></Dialog>
    </div>
  );
}

const small = 'rounded p-1.5 text-soft hover:bg-hover hover:text-ink disabled:opacity-50';

function Sidebar({ waiting, live, open }: { waiting: number; live: string; open: (layer: Layer) => void }) {
  return (
    <nav aria-label="Main" className="hidden w-52 shrink-0 flex-col gap-0.5 border-r border-line bg-side p-2 md:flex">
      <div className="mb-1 flex items-center gap-2 px-2 py-1.5">
        <img src="/favicon.svg" alt="" className="size-5" />
        <span className="text-sm font-semibold">Heddle</span>
        <button type="button" aria-label="Search and commands" title="Search and commands (Ctrl K)" onClick={() => open('palette')} className={cx(small, 'ml-auto p-1')}><Search className="size-4" aria-hidden /></button>
        <button type="button" aria-label="New thread" title="New thread (C)" onClick={() => open('new')} className={cx(small, 'p-1')}><Plus className="size-4" aria-hidden /></button>
      </div>
      {PLACES.map(({ to, name, icon: Icon, key }) => (
        <Link
          key={to}
          to={to}
          title={`G ${key.toUpperCase()}`}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          activeProps={{ className: 'text-ink bg-hover', 'aria-current': 'page' }}
          inactiveProps={{ className: 'text-soft hover:text-ink' }}
          className="flex items-center gap-2.5 rounded-md px-2 py-1.5 text-[13px]"
        >
          <Icon className="size-4" strokeWidth={1.75} aria-hidden />
          {name}
          {to === '/' && waiting > 0 && <span className="ml-auto text-xs text-warn tabular-nums">{waiting}<span className="sr-only"> waiting for you</span></span>}
        </Link>
      ))}
      <div className="mt-auto flex items-center gap-0.5 pl-2">
        <p role="status" className={cx('mr-auto flex items-center gap-2 text-xs', live === 'behind' ? 'text-warn' : 'text-soft')}>
          <span className={cx('size-1.5 rounded-full', live === 'live' ? 'bg-good' : 'bg-warn')} aria-hidden />
          {live === 'live' ? 'Live' : live === 'behind' ? 'Offline' : 'Connecting'}
        </p>
        <NotifyButton className={small} />
        <button type="button" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick={() => open('keys')} className={small}><CircleHelp className="size-4" strokeWidth={1.75} aria-hidden /></button>
      </div>
    </nav>
  );
}

const tab = 'relative flex min-w-0 flex-1 flex-col items-center gap-0.5 py-2 text-[11px]';

/** For thumbs: the places of every day, and the rest behind a menu. */
function Bar({ waiting, open }: { waiting: number; open: (layer: Layer) => void }) {
  return (
    <nav aria-label="Places" className="flex shrink-0 border-t border-line bg-side pb-[env(safe-area-inset-bottom)] md:hidden">
      {PLACES.filter((one) => BAR.includes(one.to)).map(({ to, name, icon: Icon }) => (
        <Link key={to} to={to} activeOptions={{ exact: to === '/', includeSearch: false }} activeProps={{ className: 'text-ink', 'aria-current': 'page' }} inactiveProps={{ className: 'text-soft' }} className={tab}>
          <span className="relative">
            <Icon className="size-5" strokeWidth={1.75} aria-hidden />
            {to === '/' && waiting > 0 && <span className="absolute -top-1 left-3 min-w-4 rounded-full bg-warn px-1 text-center text-[10px] leading-4 font-semibold text-page">{waiting}<span className="sr-only"> waiting for you</span></span>}
          </span>
          {name}
        </Link>
      ))}
      <button type="button" onClick={() => open('new')} className={cx(tab, 'text-soft')}><Plus className="size-5" strokeWidth={1.75} aria-hidden />New</button>
      <button type="button" onClick={() => open('menu')} className={cx(tab, 'text-soft')}><Menu className="size-5" strokeWidth={1.75} aria-hidden />More</button>
    </nav>
  );
}

function MenuSheet({ close, leave }: { close: () => void; leave: () => void }) {
  const [chosen, choose] = useState(theme());
  const row = 'flex w-full items-center gap-3 rounded-md px-3 py-2.5 text-left text-sm hover:bg-hover disabled:opacity-60';
  return (
    <div className="p-2">
      {PLACES.filter((one) => !BAR.includes(one.to)).map(({ to, name, icon: Icon }) => (
        <Link key={to} to={to} onClick={close} className={row}><Icon className="size-4" strokeWidth={1.75} aria-hidden />{name}</Link>
      ))}
      <hr className="my-2 border-line" />
      <NotifyButton labelled className={row} />
      <button
        type="button"
        className={row}
        onClick={() => {
          const next = THEMES[chosen];
          setTheme(next);
          choose(next);
        }}
      >
        <Contrast className="size-4" strokeWidth={1.75} aria-hidden />Theme<span className="ml-auto text-xs text-soft">{chosen === 'system' ? 'as the system' : chosen}</span>
      </button>
      <button type="button" className={row} onClick={leave}><LogOut className="size-4" strokeWidth={1.75} aria-hidden />Sign out</button>
    </div>
  );
}

/** A moment without a connection is no news; a longer one is. */
const PATIENCE = 1500;

function Behind({ behind }: { behind: boolean }) {
  const [since, setSince] = useState<Date | null>(null);
  useEffect(() => {
    if (!behind) return;
    const at = new Date();
    const timer = setTimeout(() => setSince(at), PATIENCE);
    return () => {
      clearTimeout(timer);
      setSince(null);
    };
  }, [behind]);
  if (!behind || !since) return null;
  return (
    <p role="status" className="flex items-center justify-center gap-2 border-b border-line bg-side px-4 py-1.5 text-center text-xs text-warn">
      <WifiOff className="size-3.5 shrink-0" aria-hidden />
      Heddle cannot be reached. You see what was known at {since.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}; this page goes on by itself.
    </p>
  );
}
