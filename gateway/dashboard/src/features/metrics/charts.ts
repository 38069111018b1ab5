import type { MetricsReading } from '@/shared/api/queries';
import { words } from '@/shared/ui/format';
import type { Series } from './chart';
import { buckets, quantile, rate, rise, total, totals, windowStart } from './figures';

/** In the order in which a session goes through them. */
const STAGES = ['accepted_to_queued', 'queued_to_offered', 'offered_to_claimed', 'claimed_to_started', 'started_to_first_event'];
const STAGE = 'heddle_dispatch_stage_seconds_bucket';

/** A quantile of each stage in ms, over the minute before each reading. A stage that no service measures has no line. */
export function latency(history: readonly MetricsReading[], q: number): Series[] {
  const lines = new Map<string, (number | null)[]>();
  history.forEach((now, n) => {
    const before = windowStart(history, n);
    if (!before) return;
    for (const [stage, list] of buckets(rise(before, now, STAGE), 'stage')) {
      const line = lines.get(stage) ?? history.map(() => null);
      const seconds = quantile(list, q);
      line[n] = seconds === null ? null : seconds * 1000;
      lines.set(stage, line);
    }
  });
  const order = (stage: string) => (STAGES.includes(stage) ? STAGES.indexOf(stage) : STAGES.length);
  return [...lines].sort(([a], [b]) => order(a) - order(b)).map(([stage, values]) => ({ name: words(stage), values }));
}

/** Sessions that wait, a line for each reason that there was. */
export function backlog(history: readonly MetricsReading[]): Series[] {
  const each = history.map((reading) => totals(reading, 'heddle_session_backlog', 'reason'));
  const reasons = [...new Set(each.flatMap((sums) => [...sums].filter(([, value]) => value > 0).map(([reason]) => reason)))].sort();
  return reasons.map((reason) => ({ name: words(reason), values: each.map((sums) => sums.get(reason) ?? 0) }));
}

export function slots(history: readonly MetricsReading[]): Series[] {
  const line = (name: string, metric: string) => ({ name, values: history.map((reading) => total(reading, metric)) });
  return [line('slots', 'heddle_session_slots'), line('taken', 'heddle_session_slots_busy'), line('free', 'heddle_session_slots_free')].filter((one) => one.values.some((value) => value !== null));
}

/** Events a minute, over the minute before each reading. */
export function perMinute(history: readonly MetricsReading[], lines: readonly (readonly [name: string, metric: string])[]): Series[] {
  return lines
    .map(([name, metric]) => ({
      name,
      values: history.map((reading, n) => {
        const before = windowStart(history, n);
        const perSecond = before ? rate(before, reading, metric) : null;
        return perSecond === null ? null : perSecond * 60;
      }),
    }))
    .filter((one) => one.values.some((value) => value !== null));
}
