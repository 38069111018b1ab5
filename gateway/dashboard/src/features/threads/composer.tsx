import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowUp, CornerDownRight, Square, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, idempotent, type Schemas, unwrap } from '@/shared/api/client';
import { followUps as followUpsQuery, type Thread } from '@/shared/api/queries';
import { Button, Select, Told } from '@/shared/ui/kit';

type IfBusy = NonNullable<Schemas['MessageRequest']['ifBusy']>;

/** Where the next message is written, with what waits behind it and a way to stop. */
export function Composer({ thread }: { thread: Thread }) {
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
        {(thread.followUps > 0 || thread.held) && <FollowUps thread={thread} />}
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

function FollowUps({ thread }: { thread: Thread }) {
  const client = useQueryClient();
  const queue = useQuery(followUpsQuery(thread.id));
  const refresh = () => client.invalidateQueries({ queryKey: ['follow-ups', thread.id] });
  const path = (followUp: string) => ({ path: { id: thread.id, followUp } });
  const sendNow = useMutation({
    mutationFn: (id: string) => unwrap(api.POST('/api/threads/{id}/follow-ups/{followUp}/send', { params: path(id) })),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (one: Schemas['FollowUpView']) => unwrap(api.DELETE('/api/threads/{id}/follow-ups/{followUp}', { params: path(one.id) })),
    onSettled: refresh,
  });
  const resume = useMutation({
    mutationFn: () => unwrap(api.POST('/api/threads/{id}/follow-ups/resume', { params: { path: { id: thread.id } } })),
    onSettled: refresh,
  });
  return (
    <section aria-label="Follow-ups" className="rounded-lg border border-line bg-raised text-[13px]">
      {queue.data?.held && (
        <div className="flex items-center gap-2 border-b border-line px-3 py-1.5 text-warn">
          <span className="min-w-0 flex-1">Held: {queue.data.held.reason}</span>
          <Button look="quiet" busy={resume.isPending} onClick={() => resume.mutate()}>Go on</Button>
        </div>
      )}
      <ul className="max-h-40 overflow-y-auto">
        {(queue.data?.items ?? []).map((one) => (
          <li key={one.id} className="flex items-center gap-2 px-3 py-1">
            <CornerDownRight className="size-3.5 shrink-0 text-faint" aria-hidden />
            <span className="min-w-0 flex-1 truncate">{one.text}</span>
            <Button look="quiet" onClick={() => sendNow.mutate(one.id)}>Send now</Button>
            <Button look="quiet" aria-label="Remove" className="w-8 px-0" onClick={() => remove.mutate(one)}><Trash2 className="size-3.5" aria-hidden /></Button>
          </li>
        ))}
      </ul>
      <Told error={sendNow.error ?? remove.error ?? resume.error} />
    </section>
  );
}
