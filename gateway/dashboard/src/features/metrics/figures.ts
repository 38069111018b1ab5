import type { MetricsReading } from '@/shared/api/queries';

export type Sample = MetricsReading['samples'][number];

const fits = (sample: Sample, name: string, labels: Record<string, string>) =>
  sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value);

/** The sum over all processes and labels; null where no process tells it. */
export function total(reading: MetricsReading, name: string, labels: Record<string, string> = {}): number | null {
  const found = reading.samples.filter((sample) => fits(sample, name, labels));
  return found.length === 0 ? null : found.reduce((sum, sample) => sum + sample.value, 0);
}

/** The same for each value of a label. */
export function totals(reading: MetricsReading, name: string, label: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const sample of reading.samples) {
    if (sample.name !== name) continue;
    const value = sample.labels[label] ?? '';
    sums.set(value, (sums.get(value) ?? 0) + sample.value);
  }
  return sums;
}

const keyOf = ({ service, replica, name, labels }: Sample) =>
  `${service} ${replica} ${name} ${Object.keys(labels).sort().map((label) => `${label}=${labels[label]}`).join(' ')}`;

/**
 * How much counters rose between two readings. A process that was started again counts from zero:
 * what it has counted since then is what it rose by. One that was not heard of before adds nothing,
 * since nobody knows when it counted.
 */
export function rise(before: MetricsReading, now: MetricsReading, name: string): Sample[] {
  const had = new Map(before.samples.filter((sample) => sample.name === name).map((sample) => [keyOf(sample), sample.value]));
  const heard = new Set(before.samples.map((sample) => `${sample.service} ${sample.replica}`));
  return now.samples
    .filter((sample) => sample.name === name && heard.has(`${sample.service} ${sample.replica}`))
    .map((sample) => {
      const from = had.get(keyOf(sample)) ?? 0;
      return { ...sample, value: sample.value < from ? sample.value : sample.value - from };
    });
}

/** Events a second of a counter between two readings; null where no process told it both times. */
export function rate(before: MetricsReading, now: MetricsReading, name: string): number | null {
  const seconds = (Date.parse(now.at) - Date.parse(before.at)) / 1000;
  const rose = rise(before, now, name);
  return seconds <= 0 || rose.length === 0 ? null : rose.reduce((sum, sample) => sum + sample.value, 0) / seconds;
}

/**
 * A quantile of a histogram's cumulative buckets, as Prometheus' histogram_quantile estimates it: evenly spread
 * within a bucket; what lies beyond the last bound counts as that bound. Null where nothing was measured.
 */
export function quantile(buckets: readonly { le: number; count: number }[], q: number): number | null {
  const sorted = [...buckets].sort((a, b) => a.le - b.le);
  const all = sorted.at(-1)?.count ?? 0;
  if (all <= 0) return null;
  const rank = q * all;
  const at = sorted.findIndex((bucket) => bucket.count >= rank);
  const bucket = sorted[at];
  const below = at > 0 ? sorted[at - 1] : undefined;
  if (!bucket) return null;
  if (!Number.isFinite(bucket.le)) return below ? below.le : null;
  const from = below?.le ?? 0;
  const inside = bucket.count - (below?.count ?? 0);
  return inside <= 0 ? bucket.le : from + (bucket.le - from) * ((rank - (below?.count ?? 0)) / inside);
}

/** Buckets summed over processes, for each value of a label, or all together where there is none. */
export function buckets(samples: readonly Sample[], label?: string): Map<string, { le: number; count: number }[]> {
  const made = new Map<string, Map<number, number>>();
  for (const sample of samples) {
    const of = label ? (sample.labels[label] ?? '') : '';
    const le = sample.labels.le === '+Inf' ? Infinity : Number(sample.labels.le);
    const bounds = made.get(of) ?? new Map<number, number>();
    bounds.set(le, (bounds.get(le) ?? 0) + sample.value);
    made.set(of, bounds);
  }
  return new Map([...made].map(([of, bounds]) => [of, [...bounds].map(([le, count]) => ({ le, count }))]));
}

/** Over how long a latency is measured, in ms: less is a few events, more is old. */
const LATENCY_WINDOW = 60_000;

/** The latest reading that is at least a window older than the nth, or the first there is. */
export function windowStart(history: readonly MetricsReading[], n: number, ms = LATENCY_WINDOW): MetricsReading | undefined {
  const end = Date.parse(history[n]?.at ?? '');
  let found: MetricsReading | undefined = n > 0 ? history[0] : undefined;
  for (let at = 0; at < n; at++) {
    if (end - Date.parse((history[at] as MetricsReading).at) < ms) break;
    found = history[at];
  }
  return found;
}

/** Adds a reading. The same again, and one that is older than what is there, are none. */
export function remembered(history: readonly MetricsReading[], reading: MetricsReading, most: number): MetricsReading[] {
  const last = history.at(-1);
  return last && Date.parse(last.at) >= Date.parse(reading.at) ? (history as MetricsReading[]) : [...history, reading].slice(-most);
}
