import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { History, Redo2 } from 'lucide-react';
import { useState } from 'react';
import type { Thread } from '@/shared/api/queries';
import { Ago, Button, cx, Empty, Failed, Skeleton, Told } from '@/shared/ui/kit';
import { ComparisonView } from './comparison';
import { type Checkpoint, checkpoints as checkpointsQuery, redo as redoCall, reset as resetCall } from './queries';
import { type Placed, placed } from './tree';

const LANE = 14;
const ROW = 36;

/** The states of the files, as they branched, with what each changed and the way back to it. */
export function CheckpointsPanel({ thread }: { thread: Thread }) {
  const client = useQueryClient();
  const query = useQuery(checkpointsQuery(thread.id));
  const [open, setOpen] = useState<string | null>(null);
  const refresh = () => client.invalidateQueries({ predicate: ({ queryKey }) => ['thread', 'threads'].includes(String(queryKey[0])) });
  const redo = useMutation({ mutationFn: () => redoCall(thread.id), onSettled: refresh });
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Skeleton rows={4} />;
  if (query.data.length === 0) return <Empty icon={History} title="No checkpoints yet">The files are captured before and after each run in a git workspace.</Empty>;
  const rows = placed(query.data);
  const lanes = Math.max(...rows.map((row) => row.lane)) + 1;
  const idle = thread.status === 'idle';
  const back = thread.checkpoint && thread.checkpoint.cursor !== thread.checkpoint.latest;
  return (
    <div className="space-y-3">
      {back && (
        <div className="flex items-center gap-2 rounded-lg border border-line p-2.5 text-[13px]">
          <span className="min-w-0 flex-1">The files were put back.</span>
          <Button disabled={!idle} busy={redo.isPending} onClick={() => redo.mutate()}><Redo2 className="size-3.5" aria-hidden />Redo</Button>
        </div>
      )}
      <Told error={redo.error} />
      <ol aria-label="Checkpoints">
        {rows.map((row) => (
          <Row
            key={row.node.id}
            row={row}
            lanes={lanes}
            thread={thread}
            here={thread.checkpoint?.cursor === row.node.id}
            open={open === row.node.id}
            onToggle={() => setOpen(open === row.node.id ? null : row.node.id)}
            changed={refresh}
          />
        ))}
      </ol>
    </div>
  );
}

interface RowProps {
  row: Placed<Checkpoint>;
  lanes: number;
  thread: Thread;
  here: boolean;
  open: boolean;
  onToggle: () => void;
  changed: () => void;
}

function Row({ row, lanes, thread, here, open, onToggle, changed }: RowProps) {
  const { node, lane } = row;
  const [sure, setSure] = useState(false);
  const [base, setBase] = useState(false);
  const reset = useMutation({
    mutationFn: () => resetCall(thread.id, node.id),
    onSettled: () => {
      setSure(false);
      changed();
    },
  });
  const idle = thread.status === 'idle';
  const x = lane * LANE + LANE / 2;
  return (
    <li className={cx('rounded-md', open && 'bg-side')}>
      <button type="button" aria-expanded={open} aria-current={here || undefined} onClick={onToggle} className="flex w-full items-center gap-2 rounded-md pr-2 text-left text-[13px] hover:bg-hover">
        <svg width={lanes * LANE} height={ROW} className="shrink-0 text-faint" aria-hidden>
          {row.from !== undefined && <line x1={x} y1="0" x2={x} y2={ROW / 2} stroke="currentColor" strokeDasharray={lane === 0 ? undefined : '2 2'} />}
          <circle cx={x} cy={ROW / 2} r={here ? 5 : 3.5} fill={here ? 'var(--color-accent)' : 'var(--color-page)'} stroke={here ? 'var(--color-accent)' : 'currentColor'} strokeWidth="1.5" />
        </svg>
        <span className="min-w-0 flex-1 truncate"><span className="text-soft tabular-nums">#{node.ordinal}</span> {node.moment === 'before' ? 'Before a run' : 'After a run'}{here && <span className="ml-2 text-xs text-accent-ink">files are here</span>}</span>
        {node.changedFiles > 0 && <span className="text-xs text-soft">{node.changedFiles === 1 ? '1 file' : `${node.changedFiles} files`}</span>}
        <Ago at={node.createdAt} />
      </button>
      {open && (
        <div className="space-y-3 px-3 pt-1 pb-3">
          <div className="flex flex-wrap items-center gap-2">
            <label className="flex items-center gap-1.5 text-xs text-soft"><input type="checkbox" checked={base} onChange={(event) => setBase(event.target.checked)} />Against the commit it began from</label>
            <span className="ml-auto" />
            {!sure && !here && <Button className="h-7" disabled={!idle} title={idle ? undefined : 'When the run has ended'} onClick={() => setSure(true)}>Reset to here</Button>}
          </div>
          {sure && (
            <div className="flex flex-wrap items-center gap-2 rounded-md border border-warn/50 p-2 text-xs">
              <span className="min-w-0 flex-1">The files and the conversation go back to here. What is there now is kept as a checkpoint.</span>
              <Button look="quiet" className="h-7" onClick={() => setSure(false)}>Cancel</Button>
              <Button look="primary" className="h-7" autoFocus busy={reset.isPending} onClick={() => reset.mutate()}>Reset</Button>
            </div>
          )}
          <Told error={reset.error} />
          <ComparisonView thread={thread.id} checkpoint={node.id} from={base ? 'base' : undefined} idle={idle} />
        </div>
      )}
    </li>
  );
}
