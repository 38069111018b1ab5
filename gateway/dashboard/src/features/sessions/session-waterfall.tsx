import { ChartGantt } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { duration } from '@/shared/ui/format';
import { cx, Empty } from '@/shared/ui/kit';
import type { Event } from './event-store';
import { extent, type Span, spansOf, type Tone } from './waterfall';

const BARS: Record<Tone, string> = {
  wait: 'bg-faint/60',
  prepare: 'bg-info',
  run: 'bg-good',
  tool: 'bg-accent',
  ask: 'bg-warn',
  message: 'bg-done/70',
  bad: 'bg-bad',
  mark: 'bg-faint',
};

/** Where the time of a session went. Each bar leads to the event that it began with. */
export function SessionWaterfall({ events, over, onEvent }: { events: Event[]; over: boolean; onEvent: (id: string) => void }) {
  const [now, tick] = useState(() => Date.now());
  useEffect(() => {
    if (over) return;
    const timer = setInterval(() => tick(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [over]);
  const spans = useMemo(() => spansOf(events), [events]);
  if (spans.length === 0) return <Empty icon={ChartGantt} title="Nothing has happened yet">Steps appear here as they are taken.</Empty>;
  const { from, to } = extent(spans, now);
  const attempts = new Set(spans.map((span) => span.attempt)).size;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <Scale ms={to - from} />
      <ol aria-label="Waterfall">
        {spans.map((span, n) => (
          <Row key={span.key} span={span} from={from} to={to} now={now} begins={attempts > 1 && span.attempt !== spans[n - 1]?.attempt} onEvent={onEvent} />
        ))}
      </ol>
    </div>
  );
}

function Scale({ ms }: { ms: number }) {
  return (
    <div aria-hidden className="sticky top-0 z-10 flex h-7 items-center border-b border-line bg-raised pr-4 pl-4 text-[11px] text-faint tabular-nums">
      <span className="w-32 shrink-0 sm:w-44" />
      <span className="flex min-w-0 flex-1">{[0, 0.25, 0.5, 0.75].map((part) => <span key={part} className={cx('w-1/4 truncate border-l border-line pl-1', part % 0.5 > 0 && 'max-sm:text-transparent')}>{part === 0 ? '0' : duration(ms * part)}</span>)}</span>
      <span className="w-16 shrink-0" />
    </div>
  );
}

function Row({ span, from, to, now, begins, onEvent }: { span: Span; from: number; to: number; now: number; begins: boolean; onEvent: (id: string) => void }) {
  const end = span.to ?? now;
  const left = ((span.from - from) / (to - from)) * 100;
  const width = (Math.max(0, end - span.from) / (to - from)) * 100;
  const moment = span.to === span.from;
  return (
    <li>
      {begins && <p className="border-b border-line bg-side px-4 py-1 text-xs font-medium text-soft">Attempt {span.attempt}</p>}
      <button type="button" data-row onClick={() => onEvent(span.event)} title={span.detail} className="flex h-7 w-full items-center border-b border-line/60 pr-4 pl-4 text-left text-xs hover:bg-hover focus-visible:bg-hover">
        <span className="flex w-32 shrink-0 items-center gap-2 pr-2 sm:w-44">
          <span className={cx('min-w-0 flex-1 truncate', span.failed ? 'text-bad' : span.depth === 0 ? 'font-medium text-ink first-letter:uppercase' : 'text-ink')} style={{ paddingLeft: span.depth * 10 }}>{span.name}</span>
        </span>
        <span className="relative h-full min-w-0 flex-1">
          <span
            className={cx('absolute top-1/2 -translate-y-1/2 rounded-sm', moment ? 'size-2 -translate-x-1 rotate-45' : 'h-2.5 min-w-0.5', BARS[span.failed ? 'bad' : span.tone], span.to === undefined && 'breathe')}
            style={moment ? { left: `${Math.min(left, 99.5)}%` } : { left: `${Math.min(left, 99.7)}%`, width: `${width}%` }}
          />
        </span>
        <span className="w-16 shrink-0 text-right text-soft tabular-nums">{moment ? `+${duration(span.from - from)}` : duration(end - span.from)}</span>
        {span.to === undefined && <span className="sr-only">still going on</span>}
      </button>
    </li>
  );
}
