import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ArrowUp, Square } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, idempotent, type Schemas, unwrap } from '@/shared/api/client';
import type { Thread } from '@/shared/api/queries';
import { Button, Select, Told } from '@/shared/ui/kit';

type IfBusy = NonNullable<Schemas['MessageRequest']['ifBusy']>;

/** Where the next message is written, with what waits behind it and a way to stop. */
export function Composer({ thread, queue }: { thread: Thread; queue?: React.ReactNode }) {
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [ifBusy, setIfBusy] = useState<IfBusy>('queue');
  const key = useRef(idempotent());
  const busy = thread.status !== 'idle';
  const refresh = () => client.invalidateQueries({ predicate: (query) => ['thread', 'threads', 'follow-ups'].includes(String(query.queryKey[0])) });
  const send = useMutation({
    mutationFn: () =>
      unwrap(api.POST('/api/threads/{id}/messages', { params: { path: { id: thread.id }, header: key.current }, body: { text, ...(busy && { ifBusy }) } })),
    onSuccess: () => setText(''),
    onSettled: () => {
      key.current = idempotent();
      return refresh();
    },
  });
  const stop = useMutation({
    mutationFn: () => unwrap(api.POST('/api/sessions/{id}/cancel', { params: { path: { id: thread.activeSession ?? '' } } })),
    onSettled: refresh,
  });
  const ready = text.trim() !== '' && !send.isPending;
  return (
    <div className="shrink-0 border-t border-line px-4 py-3">
      <div className="mx-auto max-w-3xl space-y-2">
        {queue}
        <form
          className="rounded-xl border border-line bg-raised focus-within:border-accent"
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) send.mutate();
          }}
        >
          <textarea
            aria-label="Message"
            rows={Math.min(8, Math.max(2, text.split('\n').length))}
            placeholder={busy ? 'It works; say what comes next' : 'Say what comes next'}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
                event.preventDefault();
                if (ready) send.mutate();
              }
            }}
            className="block w-full resize-none bg-transparent px-3.5 pt-3 text-sm outline-none placeholder:text-faint"
          />
          <div className="flex items-center gap-2 p-2">
            {busy && (
              <Select label="While it works" value={ifBusy} onChange={(value) => setIfBusy(value as IfBusy)}>
                <option value="queue">Queue it</option><option value="steer">Steer the run</option><option value="interrupt">Interrupt</option><option value="reject">Only if idle</option>
              </Select>
            )}
            <span className="ml-auto" />
            {thread.activeSession && (
              <Button onClick={() => stop.mutate()} busy={stop.isPending || thread.status === 'stopping'}><Square className="size-3 fill-current" aria-hidden />Stop</Button>
            )}
            <Button look="primary" type="submit" disabled={!ready} busy={send.isPending} aria-label="Send" className="w-8 px-0"><ArrowUp className="size-4" aria-hidden /></Button>
          </div>
        </form>
        <Told error={send.error ?? stop.error} />
      </div>
    </div>
  );
}
