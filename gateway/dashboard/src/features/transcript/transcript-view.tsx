import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, MessageSquareText } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { Button, Empty, Failed, Skeleton } from '@/shared/ui/kit';
import { Announcer } from './announcer';
import { ItemView } from './item-view';
import type { Item } from './transcript';
import { type Of, TranscriptStore } from './transcript-store';

/** Near enough to the end that the reader wants to stay there, in pixels. */
const NEAR = 80;

interface Props {
  of: Of;
  approval?: (item: Item) => React.ReactNode;
  /** What stands below a message. */
  footer?: (item: Item) => React.ReactNode;
  /** Of another branch, say. */
  hides?: (item: Item) => boolean;
}

/** A transcript that grows at its end while it is looked at; only what is seen is in the page. */
export function TranscriptView({ of, approval, footer, hides }: Props) {
  const id = 'thread' in of ? of.thread : of.session;
  const kind = 'thread' in of ? 'thread' : 'session';
  const store = useMemo(() => new TranscriptStore(kind === 'thread' ? { thread: id } : { session: id }), [kind, id]);
  const { transcript, state, error } = useSyncExternalStore(store.subscribe, store.snapshot);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);
  const { items } = transcript;
  const order = useMemo(() => (hides ? transcript.order.filter((id) => !hides(transcript.items[id] as Item)) : transcript.order), [transcript, hides]);
  const rows = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 64,
    getItemKey: (n) => order[n] ?? n,
    overscan: 12,
  });
  const height = rows.getTotalSize();
  useEffect(() => {
    if (atEnd.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [height, transcript]);

  if (error && order.length === 0) return <Failed error={error} retry={store.retry} />;
  if (state === 'loading' && order.length === 0) return <Skeleton rows={5} />;
  if (order.length === 0) return <Empty icon={MessageSquareText} title="Nothing was said yet">{kind === 'thread' && 'Write below what is to be done.'}</Empty>;
  return (
    <div className="relative min-h-0 flex-1">
      {(state === 'behind' || error) && (
        <p role="status" className="absolute inset-x-0 top-2 z-10 mx-auto w-fit rounded-full border border-line bg-raised px-3 py-1 text-xs text-warn shadow-sm">
          The connection is gone; this may be behind. Trying again…
        </p>
      )}
      <Announcer transcript={transcript} />
      <div
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-label="Transcript"
        aria-live="off"
        className="h-full overflow-y-auto px-4 outline-none"
        onScroll={(event) => {
          const box = event.currentTarget;
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
          setAway(!atEnd.current);
        }}
      >
        <div className="relative mx-auto my-5 max-w-3xl" style={{ height }}>
          {rows.getVirtualItems().map((row) => (
            <div key={row.key} data-index={row.index} ref={rows.measureElement} className="absolute inset-x-0 top-0 pb-4 empty:pb-0" style={{ transform: `translateY(${row.start}px)` }}>
              <ItemView item={items[order[row.index] as string] as Item} approval={approval} footer={footer} />
            </div>
          ))}
        </div>
      </div>
      {away && (
        <Button
          className="absolute right-4 bottom-3 shadow-sm"
          onClick={() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight })}
        >
          <ArrowDown className="size-3.5" aria-hidden /> Latest
        </Button>
      )}
    </div>
  );
}
