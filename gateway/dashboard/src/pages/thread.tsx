import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ChevronLeft, PanelRight, Pin, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { EnginePanel } from '@/features/engine/engine-panel';
import { FollowUpQueue } from '@/features/queue/queue';
import { CheckpointsPanel } from '@/features/repository/checkpoints-panel';
import { RepositoryPanel } from '@/features/repository/repository-panel';
import { SessionDrawer } from '@/features/sessions/session-drawer';
import { Composer } from '@/features/threads/composer';
import { DetailsPanel } from '@/features/threads/details-panel';
import { RunsPanel } from '@/features/threads/runs-panel';
import { ThreadMenu } from '@/features/threads/thread-menu';
import { shownStatus } from '@/features/threads/thread-row';
import { type Session, type Thread, thread as threadQuery } from '@/shared/api/queries';
import { Button, cx, Failed, PageHead, Skeleton, StatusDot } from '@/shared/ui/kit';
import { BranchedConversation, Conversation } from './conversation';

const TABS = { details: 'Details', changes: 'Changes', checkpoints: 'Checkpoints', engine: 'Engine', runs: 'Runs' } as const;
type Tab = keyof typeof TABS;

export function ThreadPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const { session } = useSearch({ strict: false }) as { session?: string };
  const navigate = useNavigate();
  const query = useQuery(threadQuery(id));
  const [panel, setPanel] = useState(() => window.innerWidth >= 1200);
  const thread = query.data;
  const openRun = (run?: Session) => void navigate({ to: '/threads/$id', params: { id }, search: (run ? { session: run.id } : {}) as never, replace: true });
  if (query.error && !thread) return <><PageHead title="Thread" /><Failed error={query.error} retry={() => void query.refetch()} /></>;
  return (
    <>
      <PageHead
        title={
          <span className="flex min-w-0 items-center gap-2">
            <Link to="/threads" aria-label="All threads" className="text-soft hover:text-ink"><ChevronLeft className="size-4" aria-hidden /></Link>
            <span className="max-w-[48vw] truncate sm:max-w-[32rem]" title={thread?.title}>{thread ? thread.title || 'Untitled' : 'Thread'}</span>
            {thread?.pinned && <Pin className="size-3.5 shrink-0 text-faint" role="img" aria-label="pinned" />}
          </span>
        }
        note={thread && <span className="flex items-center gap-2 text-xs"><span className="sm:hidden"><StatusDot status={shownStatus(thread)} label={false} /></span><span className="hidden sm:inline"><StatusDot status={shownStatus(thread)} /></span>{thread.archived && <span className="text-soft">archived</span>}</span>}
      >
        {thread && <ThreadMenu thread={thread} onDeleted={() => void navigate({ to: '/threads' })} />}
        <Button look="quiet" aria-label="Details" title="Details" aria-pressed={panel} className={cx('w-8 px-0', panel && 'bg-hover text-ink')} onClick={() => setPanel(!panel)}><PanelRight className="size-4" aria-hidden /></Button>
      </PageHead>
      <div className="relative flex min-h-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col">
          {thread ? <BranchedConversation key={id} thread={thread} /> : <Skeleton />}
          {thread && <div className="mt-auto"><Composer key={id} thread={thread} queue={<FollowUpQueue thread={thread} />} /></div>}
        </div>
        {panel && thread && <Panel key={id} thread={thread} onClose={() => setPanel(false)} onRun={openRun} />}
      </div>
      {session && <SessionDrawer id={session} onClose={() => openRun()} conversation={(of) => <Conversation thread={of} />} />}
    </>
  );
}

function Panel({ thread, onClose, onRun }: { thread: Thread; onClose: () => void; onRun: (session: Session) => void }) {
  const [tab, setTab] = useState<Tab>('details');
  const names = Object.keys(TABS) as Tab[];
  useEffect(() => {
    const narrow = (event: KeyboardEvent) => event.key === 'Escape' && window.innerWidth < 768 && onClose();
    window.addEventListener('keydown', narrow);
    return () => window.removeEventListener('keydown', narrow);
  }, [onClose]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    const next = names[(names.indexOf(tab) + step + names.length) % names.length] as Tab;
    setTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <aside aria-label="Details" className="absolute inset-0 z-20 flex shrink-0 flex-col border-l border-line bg-page md:static md:w-88">
      <div className="flex h-10 shrink-0 items-center border-b border-line pr-2 pl-1.5">
        <div role="tablist" aria-label="Details" onKeyDown={onKeyDown} className="flex min-w-0 flex-1 overflow-x-auto">
          {names.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`tab-${name}`}
              aria-selected={tab === name}
              aria-controls="panel"
              tabIndex={tab === name ? 0 : -1}
              onClick={() => setTab(name)}
              className={cx('rounded-md px-2 py-1 text-xs font-medium', tab === name ? 'bg-hover text-ink' : 'text-soft hover:text-ink')}
            >
              {TABS[name]}
            </button>
          ))}
        </div>
        <Button look="quiet" aria-label="Close the details" className="h-7 w-7 px-0 md:hidden" onClick={onClose}><X className="size-4" aria-hidden /></Button>
      </div>
      <div role="tabpanel" id="panel" aria-labelledby={`tab-${tab}`} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto p-4">
        {tab === 'details' && <DetailsPanel thread={thread} />}
        {tab === 'changes' && <RepositoryPanel thread={thread} />}
        {tab === 'checkpoints' && <CheckpointsPanel thread={thread} />}
        {tab === 'engine' && <EnginePanel thread={thread} />}
        {tab === 'runs' && <RunsPanel thread={thread} onOpen={onRun} />}
      </div>
    </aside>
  );
}
