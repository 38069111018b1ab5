import { useVirtualizer } from '@tanstack/react-virtual';
import { Activity, ArrowDownUp, Check, Link2 } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { bareField, Button, cx, Empty, Select, useRowKeys } from '@/shared/ui/kit';
import { type Event, MOST } from './event-store';

/** One line of what an event says. */
export function gist(body: Record<string, unknown>): string {
  const { kind, ...rest } = body;
  void kind;
  const failure = rest.failure as { code?: string; message?: string } | undefined;
  if (failure?.message) return `${failure.code}: ${failure.message}`;
  const said = rest.text ?? rest.title ?? rest.reason ?? rest.detail ?? rest.status ?? rest.phase;
  return (typeof said === 'string' && said ? said : JSON.stringify(rest)).slice(0, 400);
}

/** Which events hold all the words, of a kind if one is chosen. */
export function matching(events: Event[], kind: string, search: string): Event[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (!kind && wanted.length === 0) return events;
  return events.filter((event) => {
    if (kind && (event.body as { kind: string }).kind !== kind) return false;
    if (wanted.length === 0) return true;
    const text = JSON.stringify(event.body).toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** The raw timeline of a session. `chosen` is opened and scrolled to: an address leads to any event. */
export function SessionEvents({ events, cut, chosen, onChoose }: { events: Event[]; cut: boolean; chosen?: string; onChoose: (id?: string) => void }) {
  const [newest, setNewest] = useState(false);
  const [search, setSearch] = useState('');
  const [kind, setKind] = useState('');
  // Typing does not wait for twenty thousand events.
  const wanted = useDeferredValue(search);
  const scroller = useRef<HTMLDivElement>(null);
  const keys = useRowKeys();
  const kinds = useMemo(() => [...new Set(events.map((event) => (event.body as { kind: string }).kind))].sort(), [events]);
  const shown = useMemo(() => {
    const found = matching(events, kind, wanted);
    return newest ? [...found].reverse() : found;
  }, [events, kind, wanted, newest]);
  const rows = useVirtualizer({ count: shown.length, getScrollElement: () => scroller.current, estimateSize: () => 30, overscan: 20, getItemKey: (n) => shown[n]?.id ?? n });
  const at = chosen ? shown.findIndex((event) => event.id === chosen) : -1;
  const went = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (at < 0 || went.current === chosen) return;
    went.current = chosen;
    rows.scrollToIndex(at, { align: 'center' });
  }, [at, chosen, rows]);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <input type="search" data-search aria-label="Search events" placeholder="Search events" value={search} onChange={(event) => setSearch(event.target.value)} className={`${bareField} h-8 min-w-32 flex-1`} />
        <Select label="Kind" value={kind} onChange={setKind}>
          <option value="">All kinds</option>
          {kinds.map((one) => <option key={one}>{one}</option>)}
        </Select>
        <Button look="quiet" aria-label={newest ? 'Newest first' : 'Oldest first'} title="Turn the order round" onClick={() => setNewest(!newest)}><ArrowDownUp className="size-3.5" aria-hidden />{newest ? 'Newest' : 'Oldest'}</Button>
        <span className="text-xs text-soft tabular-nums" aria-live="polite">{shown.length === events.length ? events.length : `${shown.length} of ${events.length}`}</span>
      </div>
      {cut && <p className="border-b border-line bg-side px-4 py-1.5 text-xs text-warn">Only the first {MOST.toLocaleString('en')} events are shown. The API has the rest.</p>}
      {chosen && at < 0 && events.length > 0 && <p className="border-b border-line bg-side px-4 py-1.5 text-xs text-warn">The event of this address is not among these. <button type="button" className="text-accent-ink underline" onClick={() => { setKind(''); setSearch(''); onChoose(undefined); }}>Show all</button></p>}
      {shown.length === 0 ? (
        <Empty icon={Activity} title={search || kind ? 'No event matches' : 'Nothing has happened yet'}>{search || kind ? 'Take a word or the kind away to see more.' : 'Events appear here as they happen.'}</Empty>
      ) : (
        <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto" onKeyDown={keys}>
          <ol className="relative" style={{ height: rows.getTotalSize() }} aria-label="Trace events">
            {rows.getVirtualItems().map((row) => {
              const event = shown[row.index] as Event;
              return (
                <li key={row.key} ref={rows.measureElement} data-index={row.index} className="absolute inset-x-0 top-0 border-b border-line/60" style={{ transform: `translateY(${row.start}px)` }}>
                  <EventRow event={event} open={event.id === chosen} onToggle={() => onChoose(event.id === chosen ? undefined : event.id)} />
                </li>
              );
            })}
          </ol>
        </div>
      )}
    </div>
  );
}

function EventRow({ event, open, onToggle }: { event: Event; open: boolean; onToggle: () => void }) {
  const body = event.body as { kind: string } & Record<string, unknown>;
  const bad = body.kind === 'error' || body.status === 'failed';
  return (
    <>
      <button type="button" data-row aria-expanded={open} onClick={onToggle} className={cx('flex w-full items-baseline gap-3 px-4 py-1.5 text-left text-xs hover:bg-hover focus-visible:bg-hover', open && 'bg-hover')}>
        <time dateTime={event.at} className="shrink-0 font-mono text-faint">{event.at.slice(11, 23)}</time>
        <span className={cx('w-28 shrink-0 truncate font-medium', bad && 'text-bad')}>{body.kind}</span>
        <bdi className="min-w-0 flex-1 truncate text-soft">{gist(body)}</bdi>
        {event.attempt > 1 && <span className="shrink-0 text-faint">#{event.attempt}</span>}
      </button>
      {open && (
        <div className="bg-side px-4 py-2">
          <pre tabIndex={0} role="region" aria-label="Event" className="max-h-80 overflow-auto font-mono text-xs break-words whitespace-pre-wrap">{JSON.stringify(event, null, 2)}</pre>
          <CopyLink />
        </div>
      )}
    </>
  );
}

function CopyLink() {
  const [copied, setCopied] = useState(false);
  return (
    <Button look="quiet" className="mt-1 h-7 px-2 text-xs" onClick={() => void navigator.clipboard?.writeText(location.href).then(() => setCopied(true), () => {})}>
      {copied ? <Check className="size-3.5" aria-hidden /> : <Link2 className="size-3.5" aria-hidden />}
      {copied ? 'Copied' : 'Copy the link to this event'}
    </Button>
  );
}

