import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Archive, ArchiveRestore, Download, FileText, MoreHorizontal, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, type Schemas, unwrap } from '@/shared/api/client';
import type { Thread } from '@/shared/api/queries';
import { Button, Dialog, field, Told } from '@/shared/ui/kit';
import { Menu, type MenuItem } from '@/shared/ui/menu';

/** A download by the browser itself, which sends the cookie along. */
function download(id: string, format: 'json' | 'markdown') {
  const link = document.createElement('a');
  link.href = `/api/threads/${id}/export?format=${format}`;
  link.download = `${id}.${format === 'json' ? 'json' : 'md'}`;
  link.click();
}

/** What can be done with a thread as a whole. */
export function ThreadMenu({ thread, onDeleted }: { thread: Thread; onDeleted: () => void }) {
  const client = useQueryClient();
  const [layer, setLayer] = useState<'rename' | 'delete' | null>(null);
  const refresh = () => client.invalidateQueries({ predicate: ({ queryKey }) => ['thread', 'threads'].includes(String(queryKey[0])) });
  const path = { path: { id: thread.id } };
  const change = useMutation({
    mutationFn: (body: Partial<Schemas['ThreadPatch']>) => unwrap(api.PATCH('/api/threads/{id}', { params: path, body: body as never })),
    onSuccess: () => setLayer(null),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => unwrap(api.DELETE('/api/threads/{id}', { params: path })),
    onSuccess: () => {
      onDeleted();
      client.removeQueries({ queryKey: ['thread', thread.id] });
      void client.invalidateQueries({ queryKey: ['threads'] });
    },
  });
  const items: MenuItem[] = [
    { name: 'Rename', icon: Pencil, run: () => setLayer('rename') },
    thread.pinned ? { name: 'Take the pin away', icon: PinOff, run: () => change.mutate({ pinned: false }) } : { name: 'Pin', icon: Pin, run: () => change.mutate({ pinned: true }) },
    thread.archived
      ? { name: 'Bring back from the archive', icon: ArchiveRestore, run: () => change.mutate({ archived: false }) }
      : { name: 'Archive', icon: Archive, run: () => change.mutate({ archived: true }) },
    { name: 'Export as Markdown', icon: FileText, run: () => download(thread.id, 'markdown') },
    { name: 'Export as JSON', icon: Download, run: () => download(thread.id, 'json') },
    { name: 'Delete', icon: Trash2, bad: true, run: () => setLayer('delete') },
  ];
  return (
    <>
      <Menu label="Thread actions" icon={MoreHorizontal} items={items} />
      {layer === null && <Told error={change.error} />}
      {layer === 'rename' && <Rename thread={thread} busy={change.isPending} error={change.error} onClose={() => setLayer(null)} onSave={(title) => change.mutate({ title })} />}
      <Dialog open={layer === 'delete'} onClose={() => setLayer(null)} label="Delete the thread">
        <div className="space-y-4 p-5">
          <h2 className="text-sm font-semibold">Delete “{thread.title || 'Untitled'}”?</h2>
          <p className="text-[13px] text-soft">The conversation, its checkpoints and the threads that work for it are gone for good. Its branch in the repository stays.</p>
          <Told error={remove.error} />
          <div className="flex justify-end gap-2">
            <Button look="quiet" autoFocus onClick={() => setLayer(null)}>Cancel</Button>
            <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>Delete</Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}

function Rename({ thread, busy, error, onClose, onSave }: { thread: Thread; busy: boolean; error: unknown; onClose: () => void; onSave: (title: string | null) => void }) {
  const [title, setTitle] = useState(thread.title);
  return (
    <Dialog open onClose={onClose} label="Rename the thread">
      <form
        className="space-y-3 p-5"
        onSubmit={(event) => {
          event.preventDefault();
          onSave(title.trim() || null);
        }}
      >
        <h2 className="text-sm font-semibold">Rename the thread</h2>
        <input autoFocus aria-label="Title" placeholder="Empty for a title of its own" value={title} onFocus={(event) => event.target.select()} onChange={(event) => setTitle(event.target.value)} className={field} />
        <Told error={error} />
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy}>Save</Button>
        </div>
      </form>
    </Dialog>
  );
}
