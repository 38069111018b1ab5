import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Counts, Diff } from '@/shared/ui/diff';
import { Button, Failed, Skeleton, Told } from '@/shared/ui/kit';
import { compare, comparison } from './queries';

/** What differs between a checkpoint and another one, its parent, or the commit that it began from. */
export function ComparisonView({ thread, checkpoint, from, idle }: { thread: string; checkpoint: string; from?: string; idle: boolean }) {
  const client = useQueryClient();
  const query = useQuery(comparison(thread, checkpoint, from));
  const ask = useMutation({ mutationFn: () => compare(thread, checkpoint, from), onSettled: () => client.invalidateQueries({ queryKey: ['thread', thread] }) });
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Skeleton rows={2} />;
  const found = query.data;
  if (!found) {
    return (
      <div className="space-y-2 text-xs text-soft">
        <p>{ask.isSuccess ? 'The machine compares them; the changes show here when it has.' : 'The machine that has the files was not asked for this yet.'}</p>
        <Button className="h-7" disabled={!idle} busy={ask.isPending} onClick={() => ask.mutate()}>Compare</Button>
        <Told error={ask.error} />
      </div>
    );
  }
  if (found.files.length === 0) return <p className="text-xs text-soft">Nothing differs.</p>;
  const sum = (name: 'additions' | 'deletions') => found.files.reduce((total, file) => total + (file[name] ?? 0), 0);
  return (
    <div className="space-y-2">
      <p className="flex items-center gap-2 text-xs text-soft">{found.changedFiles === 1 ? '1 file' : `${found.changedFiles} files`}<Counts added={sum('additions')} removed={sum('deletions')} /></p>
      {found.patch ? <Diff text={found.patch} /> : <ul className="font-mono text-xs">{found.files.map((file) => <li key={file.path} className="truncate">{file.path}</li>)}</ul>}
      {found.truncated && <p className="text-xs text-soft">There is more than what is kept; this is its beginning.</p>}
    </div>
  );
}
