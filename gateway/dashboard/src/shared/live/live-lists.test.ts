import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { gatherer } from './live-lists';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('a thousand changes at once refresh each kind of list once, and the last one is not forgotten', () => {
  const refreshed: string[][] = [];
  const changed = gatherer((kinds) => refreshed.push([...kinds]), 350);
  for (let n = 0; n < 1000; n++) changed(n % 2 ? 'thread' : 'session');
  vi.advanceTimersByTime(1);
  expect(refreshed).toEqual([['session', 'thread']]);
  changed('machine');
  vi.advanceTimersByTime(100);
  expect(refreshed).toHaveLength(1);
  vi.advanceTimersByTime(250);
  expect(refreshed[1]).toEqual(['machine']);
});
