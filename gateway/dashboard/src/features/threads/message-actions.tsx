import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, ChevronLeft, ChevronRight, Copy, GitFork, Pencil, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { api, idempotent, Problem, unwrap } from '@/shared/api/client';
import type { Thread } from '@/shared/api/queries';
import { Button, cx, field, Told } from '@/shared/ui/kit';
import type { Branches } from './branches';

interface Props {
  id: string;
  thread: Thread;
  branches: Branches;
  openThread: (id: string) => void;
}

const small = 'h-5 w-5 px-0';

/** What can be done with a message: say it otherwise, have it answered again, look at another branch. */
export function MessageActions({ id, thread, branches, openThread }: Props) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<string | null>(null);
  const [copied, setCopied] = useState(false);
  const message = branches.byId.get(id);
  const params = () => ({ path: { id: thread.id, messageId: id }, header: idempotent() });
  const onSettled = () => client.invalidateQueries({ predicate: ({ queryKey }) => ['thread', 'threads'].includes(String(queryKey[0])) });
  const edit = useMutation({
    mutationFn: (text: string) => unwrap(api.POST('/api/threads/{id}/messages/{messageId}/edit', { params: params(), body: { text } })),
    onSuccess: () => setDraft(null),
    onSettled,
  });
  const again = useMutation({ mutationFn: () => unwrap(api.POST('/api/threads/{id}/messages/{messageId}/regenerate', { params: params(), body: {} })), onSettled });
  const fork = useMutation({
    mutationFn: () => unwrap(api.POST('/api/threads/{id}/fork', { params: { path: { id: thread.id }, header: idempotent() }, body: { messageId: id } })),
    onSuccess: (made) => openThread(made.id),
    onSettled,
  });
  const choose = useMutation({
    mutationFn: (choice: { messageId: string; changes?: 'carry' | 'stash' }) => unwrap(api.PUT('/api/threads/{id}/branches/active', { params: { path: { id: thread.id } }, body: choice })),
    onSettled,
  });
  if (!message) return null;
  const mine = message.role === 'user';
  const idle = thread.status === 'idle' && !thread.archived;
  const siblings = branches.siblings(id);
  const at = siblings.indexOf(id);
  if (draft !== null) {
    const ready = draft.trim() !== '' && idle && !edit.isPending;
    return (
      <form
        className="mt-2 space-y-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) edit.mutate(draft);
        }}
      >
        <textarea autoFocus aria-label="Say it otherwise" rows={Math.min(8, draft.split('\n').length + 1)} value={draft} onChange={(event) => setDraft(event.target.value)} onKeyDown={(event) => event.key === 'Escape' && setDraft(null)} className={field} />
        <div className="flex items-center justify-end gap-2">
          <span className="mr-auto text-xs text-soft">What followed stays, on its own branch.</span>
          <Button look="quiet" onClick={() => setDraft(null)}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!ready} busy={edit.isPending}>Send</Button>
        </div>
        <Told error={edit.error} />
      </form>
    );
  }
  const change = choose.error instanceof Problem && choose.error.code === 'uncommitted_changes' ? choose.variables : undefined;
  const later = idle ? undefined : 'When the run has ended';
  return (
    <>
      <div
        className={cx(
          'flex items-center gap-0.5 text-xs text-soft',
          mine ? 'right-0 justify-end' : '-left-1',
          // In the gap below the message, where it takes no room of its own.
          siblings.length > 1 ? 'mt-1' : 'absolute top-full -mt-0.5 [@media(hover:none)]:static [@media(hover:none)]:mt-1',
        )}
      >
        {siblings.length > 1 && (
          <span className="flex items-center" role="group" aria-label="Branches">
            <Button look="quiet" className={small} aria-label="Branch before" disabled={at === 0 || choose.isPending} onClick={() => choose.mutate({ messageId: siblings[at - 1] as string })}><ChevronLeft className="size-3.5" aria-hidden /></Button>
            <span className="tabular-nums">{at + 1} / {siblings.length}</span>
            <Button look="quiet" className={small} aria-label="Next branch" disabled={at === siblings.length - 1 || choose.isPending} onClick={() => choose.mutate({ messageId: siblings[at + 1] as string })}><ChevronRight className="size-3.5" aria-hidden /></Button>
          </span>
        )}
        <span className="flex items-center opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 [@media(hover:none)]:opacity-100">
          {mine ? (
            <Button look="quiet" className={small} aria-label="Edit and branch" title={later ?? 'Edit and branch'} disabled={!idle} onClick={() => setDraft(message.text)}><Pencil className="size-3" aria-hidden /></Button>
          ) : (
            <Button look="quiet" className={small} aria-label="Answer again" title={later ?? 'Answer again'} disabled={!idle} busy={again.isPending} onClick={() => again.mutate()}>{!again.isPending && <RefreshCw className="size-3" aria-hidden />}</Button>
          )}
          <Button look="quiet" className={small} aria-label={copied ? 'Copied' : 'Copy'} title="Copy" onClick={() => void navigator.clipboard.writeText(message.text).then(() => setCopied(true))}>{copied ? <Check className="size-3" aria-hidden /> : <Copy className="size-3" aria-hidden />}</Button>
          <Button look="quiet" className={small} aria-label="New thread from here" title="New thread from here" busy={fork.isPending} onClick={() => fork.mutate()}>{!fork.isPending && <GitFork className="size-3" aria-hidden />}</Button>
        </span>
      </div>
      {change ? (
        <div role="alert" className="mt-1 flex flex-wrap items-center gap-2 rounded-md border border-warn/50 p-2 text-xs">
          <span className="min-w-0 flex-1">Some files are not committed. What shall become of them?</span>
          <Button className="h-7" onClick={() => choose.mutate({ ...change, changes: 'carry' })}>Take them along</Button>
          <Button className="h-7" onClick={() => choose.mutate({ ...change, changes: 'stash' })}>Leave them here</Button>
        </div>
      ) : (
        <Told error={again.error ?? fork.error ?? choose.error} />
      )}
    </>
  );
}
