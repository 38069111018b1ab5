import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, Copy, FolderGit2, GitBranch, GitPullRequest } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Thread } from '@/shared/api/queries';
import { Button, Empty, field, Told } from '@/shared/ui/kit';
import { ComparisonView } from './comparison';
import { commit as commitCall, openPullRequest, push as pushCall } from './queries';

function Copied({ text, label }: { text: string; label: string }) {
  const [done, setDone] = useState(false);
  const Sign = done ? Check : Copy;
  return (
    <span className="flex min-w-0 items-center gap-1">
      <span className="min-w-0 truncate font-mono text-xs" title={text}>{text}</span>
      <button type="button" aria-label={done ? 'Copied' : `Copy ${label}`} title="Copy" className="shrink-0 rounded p-1 text-soft hover:text-ink" onClick={() => void navigator.clipboard.writeText(text).then(() => setDone(true))}><Sign className="size-3" aria-hidden /></button>
    </span>
  );
}

/** Only these are addresses that a click may follow. */
const isLink = (url: string | undefined) => /^https?:\/\//.test(url ?? '');

/** The thread's branch: where it is, what it changed, and what can be done with it. */
export function RepositoryPanel({ thread }: { thread: Thread }) {
  if (!thread.branch && !thread.worktree && !thread.checkpoint) {
    return <Empty icon={FolderGit2} title="No repository">{thread.messageCount === 0 ? 'The branch and the worktree show here after the first run.' : 'This project has none, so its runs work in empty folders.'}</Empty>;
  }
  const pull = thread.pullRequest;
  const rows: [string, ReactNode][] = [
    ['Branch', thread.branch && <Copied text={thread.branch} label="the branch" />],
    ['Worktree', thread.worktree && <Copied text={thread.worktree} label="the worktree" />],
    ['Commit', thread.head && <Copied text={thread.head.slice(0, 12)} label="the commit" />],
    ['Machine', thread.machine],
    ['Pull request', pull?.number && (
      <span className="flex items-center gap-1.5">
        <GitPullRequest className="size-3.5 text-soft" aria-hidden />
        {isLink(pull.url) ? <a href={pull.url} target="_blank" rel="noopener noreferrer" className="text-accent-ink hover:underline">#{pull.number}</a> : `#${pull.number}`}
        <span className="text-soft">{pull.draft ? 'draft' : pull.state}</span>
      </span>
    )],
  ];
  return (
    <div className="space-y-5 text-[13px]">
      <dl className="space-y-2">
        {rows.filter(([, value]) => value).map(([name, value]) => (
          <div key={name} className="flex items-center gap-3"><dt className="w-24 shrink-0 text-soft">{name}</dt><dd className="min-w-0 flex-1 truncate">{value}</dd></div>
        ))}
      </dl>
      <Actions thread={thread} />
      {thread.checkpoint && (
        <section aria-label="Changed files" className="space-y-2">
          <h2 className="text-xs font-medium text-soft">Changed since the branch began{thread.changedFiles ? ` · ${thread.changedFiles} not committed` : ''}</h2>
          <ComparisonView key={thread.checkpoint.cursor} thread={thread.id} checkpoint={thread.checkpoint.cursor} from="base" idle={thread.status === 'idle'} />
        </section>
      )}
    </div>
  );
}

type Form = 'commit' | 'pull' | null;

function Actions({ thread }: { thread: Thread }) {
  const client = useQueryClient();
  const [form, setForm] = useState<Form>(null);
  const [title, setTitle] = useState('');
  const [body, setBody] = useState('');
  const [draft, setDraft] = useState(false);
  const done = {
    onSuccess: () => {
      setForm(null);
      setTitle('');
      setBody('');
    },
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => ['thread', 'threads', 'sessions'].includes(String(queryKey[0])) }),
  };
  const commit = useMutation({ mutationFn: () => commitCall(thread.id, title), ...done });
  const push = useMutation({ mutationFn: () => pushCall(thread.id), ...done });
  const pull = useMutation({ mutationFn: () => openPullRequest(thread.id, { title, draft, ...(body && { body }) }), ...done });
  const idle = thread.status === 'idle';
  const send = form === 'commit' ? commit : pull;
  return (
    <section aria-label="Actions" className="space-y-2">
      <div className="flex flex-wrap gap-2">
        <Button disabled={!idle} aria-expanded={form === 'commit'} onClick={() => setForm(form === 'commit' ? null : 'commit')}>Commit</Button>
        <Button disabled={!idle} busy={push.isPending} onClick={() => push.mutate()}><GitBranch className="size-3.5" aria-hidden />Push</Button>
        {!thread.pullRequest && <Button disabled={!idle} aria-expanded={form === 'pull'} onClick={() => setForm(form === 'pull' ? null : 'pull')}><GitPullRequest className="size-3.5" aria-hidden />Pull request</Button>}
      </div>
      {!idle && <p className="text-xs text-soft">When the run has ended.</p>}
      {form && (
        <form
          className="space-y-2 rounded-lg border border-line p-2.5"
          onSubmit={(event) => {
            event.preventDefault();
            send.mutate();
          }}
        >
          <input autoFocus required aria-label={form === 'commit' ? 'Message of the commit' : 'Title of the pull request'} placeholder={form === 'commit' ? 'What changed, and why' : 'Title'} value={title} onChange={(event) => setTitle(event.target.value)} className={field} />
          {form === 'pull' && (
            <>
              <textarea aria-label="Description" placeholder="Description" rows={4} value={body} onChange={(event) => setBody(event.target.value)} className={field} />
              <label className="flex items-center gap-2 text-soft"><input type="checkbox" checked={draft} onChange={(event) => setDraft(event.target.checked)} />As a draft</label>
            </>
          )}
          <div className="flex justify-end gap-2">
            <Button look="quiet" onClick={() => setForm(null)}>Cancel</Button>
            <Button look="primary" type="submit" disabled={!title.trim()} busy={send.isPending}>{form === 'commit' ? 'Commit' : 'Open it'}</Button>
          </div>
        </form>
      )}
      <Told error={commit.error ?? push.error ?? pull.error} />
    </section>
  );
}
