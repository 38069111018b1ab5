import { Link } from '@tanstack/react-router';
import { GitBranch, MessageCircleQuestion, Network, Pin } from 'lucide-react';
import type { Thread } from '@/shared/api/queries';
import { Ago, cx, StatusDot } from '@/shared/ui/kit';

/** An idle thread is told by how its last run ended. */
export const shownStatus = (thread: Thread) => (thread.status === 'idle' ? (thread.lastOutcome?.status ?? 'idle') : thread.status);

interface Props {
  thread: Thread;
  selected?: boolean;
  /** Where rows can be chosen; `x` does it for the row that has the focus. */
  onSelect?: (id: string) => void;
}

export function ThreadRow({ thread, selected = false, onSelect }: Props) {
  const row = <Row thread={thread} />;
  if (!onSelect) return row;
  return (
    <div
      className={cx('group relative', selected && 'bg-accent/8')}
      onKeyDown={(event) => {
        if (event.key !== 'x' || event.metaKey || event.ctrlKey || event.altKey) return;
        event.preventDefault();
        onSelect(thread.id);
      }}
    >
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={`Choose ${thread.title || 'Untitled'}`}
        checked={selected}
        onChange={() => onSelect(thread.id)}
        className={cx('absolute top-3.5 left-1 z-10 size-3.5 accent-accent', !selected && 'opacity-0 group-focus-within:opacity-100 group-hover:opacity-100')}
      />
      {row}
    </div>
  );
}

function Row({ thread }: { thread: Thread }) {
  const cost = thread.usage.costUsd;
  return (
    <Link
      to="/threads/$id"
      params={{ id: thread.id }}
      data-row
      className="flex h-11 items-center gap-3 border-b border-line px-4 pl-6 text-[13px] hover:bg-hover focus-visible:bg-hover"
    >
      <StatusDot status={shownStatus(thread)} label={false} />
      <span className="min-w-0 flex-1 truncate">
        <span className="text-ink">{thread.title || 'Untitled'}</span>
        {thread.reason && thread.status !== 'idle' && <span className="ml-2 text-soft">{thread.reason}</span>}
        {thread.status === 'idle' && thread.lastOutcome?.message && <span className="ml-2 text-soft">{thread.lastOutcome.message}</span>}
      </span>
      {thread.pinned && <Pin className="size-3.5 shrink-0 text-faint" aria-label="pinned" />}
      {thread.pendingApprovals > 0 && (
        <span className="inline-flex shrink-0 items-center gap-1 text-xs text-warn"><MessageCircleQuestion className="size-3.5" aria-hidden />{thread.pendingApprovals}<span className="sr-only">waiting for an answer</span></span>
      )}
      {thread.followUps > 0 && <span className="hidden shrink-0 text-xs text-soft sm:inline">+{thread.followUps} queued</span>}
      {thread.descendants.total > 0 && <span className="hidden shrink-0 items-center gap-1 text-xs text-soft md:inline-flex"><Network className="size-3" aria-hidden />{thread.descendants.total}<span className="sr-only">child threads</span></span>}
      {cost !== null && cost !== undefined && cost > 0 && <span className="hidden shrink-0 text-xs text-soft tabular-nums md:inline">${cost.toFixed(2)}</span>}
      {thread.pullRequest?.number && <span className="hidden shrink-0 text-xs text-soft md:inline">#{thread.pullRequest.number}</span>}
      {thread.branch && <span className="hidden max-w-40 shrink-0 items-center gap-1 truncate text-xs text-faint xl:inline-flex"><GitBranch className="size-3 shrink-0" aria-hidden />{thread.branch}</span>}
      <span className="hidden w-24 shrink-0 truncate text-xs text-soft md:block">{thread.machine ?? ''}</span>
      <span className="hidden w-20 shrink-0 truncate text-xs text-soft sm:block">{thread.engine}</span>
      <span className="hidden w-24 shrink-0 truncate text-xs text-soft sm:block">{thread.project}</span>
      <span className="w-8 shrink-0 text-right"><Ago at={thread.lastActivityAt} /></span>
    </Link>
  );
}
