import { useQuery } from '@tanstack/react-query';
import { ChartGantt } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { machines as machinesQuery, type Session } from '@/shared/api/queries';
import { duration } from '@/shared/ui/format';
import { Segments } from '@/shared/ui/forms';
import { cx, Empty } from '@/shared/ui/kit';
import { type Bar, lanes } from './board';

const WINDOWS = [['5', '5 min'], ['15', '15 min'], ['60', '1 h'], ['360', '6 h'], ['1440', '24 h']] as const;
type Minutes = (typeof WINDOWS)[number][0];

const TONES: Record<string, string> = {
  queued: 'border-faint/50 bg-hover text-soft border-dashed',
  claimed: 'border-info/60 bg-info/20 text-ink',
  running: 'border-good/60 bg-good/20 text-ink',
  stopping: 'border-warn/60 bg-warn/20 text-ink',
  waiting: 'border-warn/60 bg-warn/20 text-ink',
  completed: 'border-done/40 bg-done/15 text-ink',
  failed: 'border-bad/50 bg-bad/20 text-ink',
  cancelled: 'border-line bg-hover text-soft',
};

/** Which machine ran what, and when. It moves on by itself. */
export function FleetTimeline({ sessions, more, onOpen }: { sessions: Session[]; more?: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }; onOpen: (session: Session) => void }) {
  const [minutes, setMinutes] = useState<Minutes>('15');
  const [now, tick] = useState(() => Date.now());
  const known = useQuery(machinesQuery).data;
  const ms = Number(minutes) * 60_000;
  const from = now - ms;
  useEffect(() => {
    // About a pixel at a time.
    const timer = setInterval(() => tick(Date.now()), Math.max(1000, ms / 1000));
    return () => clearInterval(timer);
  }, [ms]);
  const list = useMemo(
    () => lanes(sessions, from, now, (known ?? []).filter((one) => one.state !== 'offline').map((one) => one.id)),
    [sessions, from, now, known],
  );
  const oldest = sessions.reduce((least, one) => Math.min(least, Date.parse(one.queuedAt)), Infinity);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = more ?? { hasNextPage: false, isFetchingNextPage: false, fetchNextPage: () => {} };
  useEffect(() => {
    // What has ended within the window may stand on a later page.
    if (hasNextPage && !isFetchingNextPage && oldest > from && sessions.length < 2000) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, oldest, from, sessions.length]);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-3 border-b border-line px-4 py-2">
        <Segments label="Window" value={minutes} options={WINDOWS} onChange={setMinutes} />
        <span className="hidden text-xs text-soft sm:inline">Each row is a slot that was taken.</span>
      </div>
      {list.length === 0 ? (
        <Empty icon={ChartGantt} title="No machine, and nothing ran">Add a machine, and start a thread with C.</Empty>
      ) : (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <div aria-hidden className="sticky top-0 z-10 flex h-7 items-center border-b border-line bg-page text-[11px] text-faint tabular-nums">
            <span className="w-24 shrink-0 sm:w-36" />
            <span className="relative h-full min-w-0 flex-1">
              {[0, 0.25, 0.5, 0.75].map((part) => <span key={part} className="absolute top-1.5 border-l border-line pl-1" style={{ left: `${part * 100}%` }}>{`−${duration(ms * (1 - part)).replace(/ 0 [ms]$/, '')}`}</span>)}
              <span className="absolute top-1.5 right-2">now</span>
            </span>
          </div>
          {list.map((lane) => (
            <section key={lane.machine} aria-label={lane.machine || 'Queued'} className="flex border-b border-line">
              <h2 className="w-24 shrink-0 truncate border-r border-line px-3 py-1.5 text-xs font-medium sm:w-36" title={lane.machine}>{lane.machine || <span className="text-soft">Queued</span>}</h2>
              <div className="min-w-0 flex-1 space-y-1 overflow-hidden py-1">
                {lane.rows.map((row, n) => (
                  <div key={n} className="relative h-6">{row.map((bar) => <BarButton key={bar.session.id} bar={bar} from={from} ms={ms} onOpen={onOpen} />)}</div>
                ))}
                {lane.rows.length === 0 && <p className="px-2 text-xs leading-6 text-faint">free</p>}
              </div>
            </section>
          ))}
        </div>
      )}
    </div>
  );
}

function BarButton({ bar, from, ms, onOpen }: { bar: Bar; from: number; ms: number; onOpen: (session: Session) => void }) {
  const { session } = bar;
  const took = duration(bar.to - bar.from);
  return (
    <button
      type="button"
      data-row
      onClick={() => onOpen(session)}
      title={`${session.project} · ${session.engine} · ${session.status} · ${took}${session.reason ? `\n${session.reason}` : ''}`}
      aria-label={`${session.project}, ${session.status}, ${took}`}
      className={cx('absolute inset-y-0 min-w-1.5 overflow-hidden rounded border px-1.5 text-left text-[11px] leading-5 whitespace-nowrap hover:z-10 hover:brightness-110', TONES[session.status] ?? TONES.running)}
      style={{ left: `${((bar.from - from) / ms) * 100}%`, width: `${((bar.to - bar.from) / ms) * 100}%` }}
    >
      {session.project}
    </button>
  );
}
