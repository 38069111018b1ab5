import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { GripVertical, Pencil, SendHorizontal, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { api, type Schemas, unwrap } from '@/shared/api/client';
import { followUps, type Thread } from '@/shared/api/queries';
import { Button, cx, field, Told } from '@/shared/ui/kit';
import { moved } from './order';

type FollowUp = Schemas['FollowUpView'];
type Queue = Schemas['QueueView'];

/** What was said while the agent worked, in the order in which it will be sent. */
export function FollowUpQueue({ thread }: { thread: Thread }) {
  const client = useQueryClient();
  const query = useQuery(followUps(thread.id));
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const [told, tell] = useState('');
  const list = useRef<HTMLOListElement>(null);
  const key = followUps(thread.id).queryKey;
  const refresh = () => client.invalidateQueries({ predicate: ({ queryKey }) => ['follow-ups', 'thread'].includes(String(queryKey[0])) });
  const path = (followUp: string) => ({ path: { id: thread.id, followUp } });
  const move = useMutation({
    mutationFn: ({ one, to }: { one: FollowUp; from: number; to: number }) =>
      unwrap(api.PATCH('/api/threads/{id}/follow-ups/{followUp}', { params: path(one.id), body: { place: to + 1 } as never })),
    // The list moves at once; what the server says afterwards counts.
    onMutate: async ({ from, to }) => {
      await client.cancelQueries({ queryKey: key });
      client.setQueryData(key, (now: Queue | undefined) => now && { ...now, items: moved(now.items, from, to) });
    },
    onSettled: refresh,
  });
  const send = useMutation({ mutationFn: (id: string) => unwrap(api.POST('/api/threads/{id}/follow-ups/{followUp}/send', { params: path(id) })), onSettled: refresh });
  const remove = useMutation({ mutationFn: (id: string) => unwrap(api.DELETE('/api/threads/{id}/follow-ups/{followUp}', { params: path(id) })), onSettled: refresh });
  const resume = useMutation({ mutationFn: () => unwrap(api.POST('/api/threads/{id}/follow-ups/resume', { params: { path: { id: thread.id } } })), onSettled: refresh });
  const items = query.data?.items ?? [];
  const held = query.data?.held;
  if (items.length === 0 && !held) return null;

  const place = (from: number, to: number) => {
    const one = items[from];
    if (!one || to === from || to < 0 || to >= items.length) return;
    move.mutate({ one, from, to });
    tell(`Moved to place ${to + 1} of ${items.length}`);
  };
  const onKeyDown = (event: React.KeyboardEvent, at: number) => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (!step) return;
    event.preventDefault();
    place(at, at + step);
  };
  return (
    <section aria-label="Follow-ups" className="overflow-hidden rounded-lg border border-line bg-raised text-[13px]">
      <header className="flex min-h-8 items-center gap-2 px-3 text-xs text-soft">
        <h2 className="font-medium">Next</h2>
        <span className="tabular-nums">{items.length}</span>
        {held && (
          <>
            <span className="min-w-0 flex-1 truncate text-warn" title={held.reason}>Held: {held.reason}</span>
            <Button look="quiet" className="h-7" busy={resume.isPending} onClick={() => resume.mutate()}>Go on</Button>
          </>
        )}
      </header>
      <ol ref={list} className="max-h-48 overflow-y-auto">
        {items.map((one, at) => (
          <li
            key={one.id}
            onDragOver={(event) => {
              if (dragged === null) return;
              event.preventDefault();
              setOver(at);
            }}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== null) place(dragged, at);
              setDragged(null);
              setOver(null);
            }}
            className={cx('group border-t border-line', dragged === at && 'opacity-40', over === at && dragged !== null && dragged !== at && 'bg-hover')}
          >
            <Row
              one={one}
              thread={thread.id}
              changed={refresh}
              sending={send.isPending && send.variables === one.id}
              onSend={() => send.mutate(one.id)}
              onRemove={() => remove.mutate(one.id)}
              handle={
                <button
                  type="button"
                  draggable
                  onDragStart={(event) => {
                    event.dataTransfer.effectAllowed = 'move';
                    event.dataTransfer.setData('text/plain', one.text);
                    setDragged(at);
                  }}
                  onDragEnd={() => {
                    setDragged(null);
                    setOver(null);
                  }}
                  onKeyDown={(event) => onKeyDown(event, at)}
                  aria-label={`Place ${at + 1} of ${items.length}. Arrow keys move it`}
                  title="Drag, or move with the arrow keys"
                  className="-ml-1 cursor-grab rounded p-1 text-faint hover:text-ink active:cursor-grabbing"
                >
                  <GripVertical className="size-3.5" aria-hidden />
                </button>
              }
            />
          </li>
        ))}
      </ol>
      <p role="status" className="sr-only">{told}</p>
      <Told error={query.error ?? move.error ?? send.error ?? remove.error ?? resume.error} />
    </section>
  );
}

interface RowProps {
  one: FollowUp;
  thread: string;
  sending: boolean;
  handle: React.ReactNode;
  changed: () => void;
  onSend: () => void;
  onRemove: () => void;
}

function Row({ one, thread, sending, handle, changed, onSend, onRemove }: RowProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: (text: string) =>
      unwrap(
        api.PATCH('/api/threads/{id}/follow-ups/{followUp}', {
          params: { path: { id: thread, followUp: one.id }, header: { 'If-Match': `"${one.version}"` } },
          body: { text } as never,
        }),
      ),
    onSuccess: () => setDraft(null),
    onSettled: changed,
  });
  if (draft !== null) {
    const ready = draft.trim() !== '' && !save.isPending;
    return (
      <form
        className="space-y-2 p-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) save.mutate(draft);
        }}
      >
        <textarea
          autoFocus
          aria-label="Text of the follow-up"
          rows={Math.min(6, draft.split('\n').length + 1)}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') setDraft(null);
            if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              if (ready) save.mutate(draft);
            }
          }}
          className={field}
        />
        <div className="flex items-center justify-end gap-2">
          <Told error={save.error} />
          <Button look="quiet" onClick={() => setDraft(null)}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!ready} busy={save.isPending}>Save</Button>
        </div>
      </form>
    );
  }
  const small = 'h-7 w-7 px-0';
  return (
    <div className="flex items-center gap-1.5 py-1 pr-1.5 pl-3">
      {handle}
      <span className="min-w-0 flex-1 truncate" title={one.text} dir="auto">{one.text}</span>
      {one.status === 'sending' && <span className="text-xs text-soft">being sent</span>}
      <Button look="quiet" className={small} aria-label="Edit" title="Edit" onClick={() => setDraft(one.text)}><Pencil className="size-3.5" aria-hidden /></Button>
      <Button look="quiet" className={small} aria-label="Send now" title="Send now: a run that is under way is stopped" busy={sending} onClick={onSend}>{!sending && <SendHorizontal className="size-3.5" aria-hidden />}</Button>
      <Button look="quiet" className={small} aria-label="Remove" title="Remove" onClick={onRemove}><Trash2 className="size-3.5" aria-hidden /></Button>
    </div>
  );
}
