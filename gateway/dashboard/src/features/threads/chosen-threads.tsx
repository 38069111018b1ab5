import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Archive, ArchiveRestore, Pin, PinOff, X } from 'lucide-react';
import { useEffect } from 'react';
import { api, type Schemas, unwrap } from '@/shared/api/client';
import type { Thread } from '@/shared/api/queries';
import { Button, Told } from '@/shared/ui/kit';

/** What can be done with several threads at once; Esc lets go of them. */
export function ChosenThreads({ threads, onDone }: { threads: Thread[]; onDone: () => void }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: async (body: Partial<Schemas['ThreadPatch']>) => {
      for (const { id } of threads) await unwrap(api.PATCH('/api/threads/{id}', { params: { path: { id } }, body: body as never }));
    },
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => ['thread', 'threads'].includes(String(queryKey[0])) }),
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) onDone();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onDone]);
  const archived = threads.every((one) => one.archived);
  const pinned = threads.every((one) => one.pinned);
  return (
    <section aria-label="Chosen threads" className="absolute inset-x-0 bottom-4 z-20 mx-auto flex w-fit max-w-[calc(100%-2rem)] flex-wrap items-center gap-2 rounded-xl border border-line bg-raised p-2 shadow-lg">
      <span role="status" className="px-2 text-[13px] tabular-nums">{threads.length} chosen</span>
      <Button busy={change.isPending} onClick={() => change.mutate({ pinned: !pinned })}>{pinned ? <PinOff className="size-3.5" aria-hidden /> : <Pin className="size-3.5" aria-hidden />}{pinned ? 'Take the pins away' : 'Pin'}</Button>
      <Button busy={change.isPending} onClick={() => change.mutate({ archived: !archived })}>{archived ? <ArchiveRestore className="size-3.5" aria-hidden /> : <Archive className="size-3.5" aria-hidden />}{archived ? 'Bring back' : 'Archive'}</Button>
      <Button look="quiet" aria-label="Let go of them" className="w-8 px-0" onClick={onDone}><X className="size-4" aria-hidden /></Button>
      <Told error={change.error} />
    </section>
  );
}
