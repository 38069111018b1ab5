import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleX, PauseCircle, WalletMinimal } from 'lucide-react';
import { api, idempotent, unwrap } from '@/shared/api/client';
import type { Thread } from '@/shared/api/queries';
import { Ago, Button, Told } from '@/shared/ui/kit';

type Kind = 'failed' | 'held' | 'budget';

const SIGNS = { failed: CircleX, held: PauseCircle, budget: WalletMinimal };

/** A thread that does not go on by itself, with what can be done. While it has the focus, r does it and e puts it aside. */
export function NeedRow({ thread, kind, onSeen, open }: { thread: Thread; kind: Kind; onSeen?: () => void; open: () => void }) {
  const client = useQueryClient();
  const session = thread.lastOutcome?.sessionId;
  const again = useMutation({
    mutationFn: async (): Promise<unknown> =>
      kind === 'failed' && session
        ? unwrap(api.POST('/api/sessions/{id}/retry', { params: { path: { id: session }, header: idempotent() } }))
        : unwrap(api.POST('/api/threads/{id}/follow-ups/resume', { params: { path: { id: thread.id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['threads'] }),
  });
  const Sign = SIGNS[kind];
  const doIt = kind === 'failed' ? 'Retry' : kind === 'held' ? 'Go on' : null;
  return (
    <div
      data-row
      tabIndex={0}
      role="group"
      aria-label={thread.title || 'Untitled'}
      onKeyDown={(event) => {
        if (event.target !== event.currentTarget || event.metaKey || event.ctrlKey || event.altKey) return;
        if (event.key === 'Enter') open();
        if (event.key === 'r' && doIt && !again.isPending) again.mutate();
        if (event.key === 'e') onSeen?.();
      }}
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-4 py-2.5 text-[13px] hover:bg-hover focus-visible:bg-hover"
    >
      <Sign className={`size-4 shrink-0 ${kind === 'failed' ? 'text-bad' : 'text-warn'}`} aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="truncate">
          <Link to="/threads/$id" params={{ id: thread.id }} className="font-medium hover:underline">{thread.title || 'Untitled'}</Link>
          <span className="ml-2 text-xs text-soft">{thread.project}{thread.delegation && ' · works for another thread'}</span>
        </p>
        <p className="line-clamp-2 text-xs break-words text-soft">
          {kind === 'failed' ? (thread.lastOutcome?.message ?? 'The run failed.') : (thread.held?.reason ?? 'Its follow-ups do not go on.')}
          {kind !== 'failed' && thread.followUps > 0 && ` ${thread.followUps} follow-up${thread.followUps > 1 ? 's wait' : ' waits'}.`}
        </p>
        <Told error={again.error} />
      </div>
      <Ago at={thread.lastOutcome?.at ?? thread.lastActivityAt} />
      <span className="flex w-full justify-end gap-2 sm:w-auto">
        {kind === 'budget' && <Link to="/projects/$name" params={{ name: thread.project }} search={{ tab: 'settings' } as never} className="inline-flex h-8 items-center rounded-md border border-line bg-raised px-3 text-[13px] font-medium hover:bg-hover">Budget</Link>}
        {doIt && <Button busy={again.isPending} onClick={() => again.mutate()} title={`${doIt} (R)`}>{doIt}</Button>}
        {onSeen && <Button look="quiet" onClick={onSeen} title="I have seen it (E)">Seen</Button>}
      </span>
    </div>
  );
}
