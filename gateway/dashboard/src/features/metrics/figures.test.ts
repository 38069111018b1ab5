import { describe, expect, it } from 'vitest';
import type { MetricsReading } from '@/shared/api/queries';
import { buckets, quantile, rate, remembered, rise, total, totals, windowStart } from './figures';

type Figure = [name: string, value: number, labels?: Record<string, string>, replica?: number];
const reading = (second: number, ...figures: Figure[]): MetricsReading => ({
  at: new Date(second * 1000).toISOString(),
  samples: figures.map(([name, value, labels = {}, replica = 0]) => ({ service: 's', replica, name, labels, value })),
  silent: [],
});

describe('figures', () => {
  const now = reading(0, ['backlog', 2, { pool: 'a', reason: 'x' }], ['backlog', 3, { pool: 'b', reason: 'x' }], ['backlog', 1, { pool: 'b', reason: 'y' }], ['slots', 4]);
  it('are summed over processes and labels', () => {
    expect(total(now, 'backlog')).toBe(6);
    expect(total(now, 'backlog', { pool: 'b' })).toBe(4);
    expect([...totals(now, 'backlog', 'reason')]).toEqual([['x', 5], ['y', 1]]);
  });
  it('that nobody tells are not zero', () => {
    expect(total(now, 'other')).toBeNull();
  });
});

describe('a counter', () => {
  it('has a rate over all processes', () => {
    expect(rate(reading(0, ['c', 10], ['c', 5, {}, 1]), reading(5, ['c', 20], ['c', 10, {}, 1]), 'c')).toBe(3);
  });
  it('of a process that was started again counts from zero', () => {
    expect(rate(reading(0, ['c', 1000]), reading(10, ['c', 20]), 'c')).toBe(2);
  });
  it('of a process that was not heard of before adds nothing', () => {
    expect(rise(reading(0, ['c', 1]), reading(1, ['c', 2], ['c', 500, {}, 1]), 'c').map((one) => one.value)).toEqual([1]);
  });
  it('has no rate where it is not told', () => {
    expect(rate(reading(0, ['c', 1]), reading(1), 'c')).toBeNull();
    expect(rate(reading(1, ['c', 1]), reading(1, ['c', 2]), 'c')).toBeNull();
  });
});

describe('a quantile', () => {
  it('is what Prometheus estimates', () => {
    const list = [{ le: 0.1, count: 10 }, { le: 0.5, count: 90 }, { le: 1, count: 100 }, { le: Infinity, count: 100 }];
    expect(quantile(list, 0.5)).toBeCloseTo(0.3);
    expect(quantile(list, 0.95)).toBeCloseTo(0.75);
  });
  it('beyond the last bound is that bound', () => {
    expect(quantile([{ le: 1, count: 1 }, { le: Infinity, count: 10 }], 0.99)).toBe(1);
  });
  it('of nothing is nothing', () => {
    expect(quantile([], 0.5)).toBeNull();
    expect(quantile([{ le: 1, count: 0 }, { le: Infinity, count: 0 }], 0.5)).toBeNull();
  });
  it('is taken over the processes together', () => {
    const samples = reading(0, ['b', 1, { le: '1', stage: 'x' }], ['b', 3, { le: '+Inf', stage: 'x' }], ['b', 2, { le: '1', stage: 'x' }, 1]).samples;
    expect(buckets(samples, 'stage').get('x')).toEqual([{ le: 1, count: 3 }, { le: Infinity, count: 3 }]);
  });
});

describe('the history', () => {
  const list = [0, 5, 10, 30, 65, 70].map((second) => reading(second));
  it('looks back a minute, or as far as it goes', () => {
    expect(windowStart(list, 5)).toBe(list[2]);
    expect(windowStart(list, 2)).toBe(list[0]);
    expect(windowStart(list, 0)).toBeUndefined();
  });
  it('holds each reading once, and not for ever', () => {
    expect(remembered(list, reading(70), 10)).toBe(list);
    expect(remembered(list, reading(75), 3).map((one) => one.at)).toEqual([65, 70, 75].map((second) => new Date(second * 1000).toISOString()));
  });
});
