import { AlertTriangle, ChevronRight, Info, Terminal, Wrench } from 'lucide-react';
import { lazy, memo, Suspense, useState } from 'react';
import { Diff } from '@/shared/ui/diff';
import { Ago, Button, cx, StatusDot } from '@/shared/ui/kit';
import { cut, plainText } from '@/shared/ui/plain-text';
import type { Item } from './transcript';

const Markdown = lazy(() => import('./markdown'));

const MOST_SHOWN = 12_000;
const MOST_SAID = 4_000;

/** Text of a machine, with its beginning shown first where it is long. */
export function Output({ text, label }: { text: string; label: string }) {
  const [whole, setWhole] = useState(false);
  const [shown, left] = cut(plainText(text), whole ? Infinity : MOST_SHOWN);
  return (
    <>
      <pre tabIndex={0} role="region" aria-label={label} className="max-h-96 overflow-auto rounded-md bg-side px-3 py-2 font-mono text-xs leading-5 break-words whitespace-pre-wrap text-ink">
        {shown}
      </pre>
      {left > 0 && <Button look="quiet" onClick={() => setWhole(true)}>Show {left.toLocaleString()} more characters</Button>}
    </>
  );
}

function Fold({ head, children, open = false }: { head: React.ReactNode; children: React.ReactNode; open?: boolean }) {
  const [shown, setShown] = useState(open);
  return (
    <div className="rounded-lg border border-line bg-raised">
      <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)} className="flex w-full items-center gap-2 rounded-lg px-3 py-2 text-left text-[13px] hover:bg-hover">
        <ChevronRight className={cx('size-3.5 shrink-0 text-soft transition-transform', shown && 'rotate-90')} aria-hidden />
        {head}
      </button>
      {shown && <div className="space-y-2 border-t border-line p-3">{children}</div>}
    </div>
  );
}

function Message({ item, footer }: { item: Item; footer?: (item: Item) => React.ReactNode }) {
  const text = item.text ?? '';
  if (item.role === 'user') {
    return (
      <div className="group relative">
        <div className="ml-auto w-fit max-w-[85%] rounded-2xl rounded-br-md bg-hover px-4 py-2.5">
          <h2 className="sr-only">You</h2>
          <Said text={plainText(text)} />
        </div>
        {footer?.(item)}
      </div>
    );
  }
  return (
    <div className="group relative">
      <h2 className="sr-only">{item.role ?? 'assistant'}</h2>
      {item.kind === 'typing' ? (
        <div className="text-sm leading-relaxed break-words whitespace-pre-wrap" dir="auto">
          {plainText(text).trimEnd()}
          <span className="breathe ml-0.5 inline-block h-4 w-1.5 translate-y-0.5 rounded-sm bg-accent" aria-hidden />
        </div>
      ) : (
        <Suspense fallback={<div className="text-sm leading-relaxed break-words whitespace-pre-wrap">{plainText(text)}</div>}>
          <Markdown text={plainText(text)} />
        </Suspense>
      )}
      {(item.status === 'failed' || item.status === 'cancelled') && <p className="mt-1 text-xs text-soft">This message was {item.status === 'failed' ? 'broken off' : 'stopped'}.</p>}
      {item.truncated && <p className="mt-1 text-xs text-soft">Longer than what is kept; this is its beginning.</p>}
      {item.kind === 'message' && footer?.(item)}
    </div>
  );
}

/** What a person wrote, as it was written; of a very long text the beginning first. */
function Said({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const [shown, left] = cut(text, whole ? Infinity : MOST_SAID);
  return (
    <>
      <p className="text-sm leading-relaxed break-words whitespace-pre-wrap" dir="auto">{shown}</p>
      {left > 0 && <Button look="quiet" className="-ml-3" onClick={() => setWhole(true)}>Show {left.toLocaleString()} more characters</Button>}
    </>
  );
}

function Tool({ item }: { item: Item }) {
  return (
    <Fold
      head={
        <>
          <Wrench className="size-3.5 shrink-0 text-soft" aria-hidden />
          <span className="shrink-0 font-medium">{plainText(item.name ?? 'tool')}</span>
          <span className="min-w-0 flex-1 truncate text-soft">{plainText(item.title ?? '')}</span>
          <StatusDot status={item.status ?? 'running'} label={false} />
        </>
      }
    >
      {item.input && <Output label="Input" text={item.input} />}
      {item.diff && <Diff text={item.diff} />}
      {item.output && <Output label="Output" text={item.output} />}
      {!item.input && !item.diff && !item.output && <p className="text-xs text-soft">Nothing was said of it.</p>}
      {item.exitCode !== undefined && <p className="text-xs text-soft">Exit code {item.exitCode}</p>}
    </Fold>
  );
}

const MARKERS: Record<string, string> = {
  running: 'Run started', waiting: 'Waits for an answer', stopping: 'Stopping', completed: 'Run completed', failed: 'Run failed',
  cancelled: 'Run cancelled', lost: 'The machine was lost', queued: 'Queued', claimed: 'A machine took it', preparing: 'Preparing the workspace', starting: 'Starting the engine',
};

export const ItemView = memo(function ItemView({ item, approval, footer }: { item: Item; approval?: (item: Item) => React.ReactNode; footer?: (item: Item) => React.ReactNode }) {
  switch (item.kind) {
    case 'typing':
      // What has begun and says nothing yet takes no room.
      return item.text?.trim() ? <Message item={item} /> : null;
    case 'message':
      if (item.role !== 'user' && item.status === 'completed' && !item.text?.trim()) return null;
      return <Message item={item} footer={footer} />;
    case 'tool':
      return <Tool item={item} />;
    case 'approval':
      return <>{approval?.(item)}</>;
    case 'marker':
      return (
        <div className="flex items-center gap-2 text-xs text-soft">
          <StatusDot status={item.status ?? ''} label={false} />
          <span className="min-w-0 truncate">
            {MARKERS[item.status ?? ''] ?? item.status}
            {item.machine && ` on ${item.machine}`}
            {item.reason && item.status !== 'waiting' && `: ${plainText(item.reason)}`}
          </span>
          <span className="h-px flex-1 bg-line" />
          <Ago at={item.at} />
        </div>
      );
    case 'output':
      return (
        <Fold head={<><Terminal className="size-3.5 shrink-0 text-soft" aria-hidden /><span className="text-soft">{item.stream === 'stderr' ? 'Standard error' : 'Output'}</span></>}>
          <Output label={item.stream ?? 'output'} text={item.text ?? ''} />
        </Fold>
      );
    case 'error':
      return (
        <div className="flex gap-2 rounded-lg border border-bad/40 px-3 py-2 text-[13px]">
          <AlertTriangle className="mt-0.5 size-3.5 shrink-0 text-bad" aria-hidden />
          <span className="min-w-0 break-words">{plainText(item.text ?? '')} <code className="text-xs text-soft">{item.code}</code></span>
        </div>
      );
    case 'notice':
      return (
        <div className="flex gap-2 text-[13px] text-soft">
          <Info className="mt-0.5 size-3.5 shrink-0" aria-hidden />
          <span className="min-w-0 break-words">{plainText(item.text ?? '')}</span>
        </div>
      );
    default:
      return <p className="text-xs text-soft">An event here could not be read.</p>;
  }
});
