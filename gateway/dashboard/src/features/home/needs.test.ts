import { expect, it } from 'vitest';
import type { Thread } from '@/shared/api/queries';
import { mergedThreads, overview } from './needs';

const at = (minute: number) => new Date(minute * 60_000).toISOString();
const thread = (id: string, change: object = {}) => ({ id, status: 'idle', archived: false, held: null, lastOutcome: null, feedVersion: 1, lastActivityAt: at(0), ...change }) as unknown as Thread;
const ended = (id: string, status: string, minute: number, change: object = {}) => thread(id, { lastOutcome: { status, at: at(minute), sessionId: `s-${id}` }, ...change });

const ids = (made: ReturnType<typeof overview>) => Object.fromEntries(Object.entries(made).map(([name, list]) => [name, (list as Thread[]).map((one) => one.id)]));

it('has each thread where it belongs, once', () => {
  const made = overview(
    [
      thread('new'),
      thread('runs', { status: 'running' }),
      thread('asks', { status: 'waiting' }),
      thread('queued', { status: 'queued' }),
      ended('failed', 'failed', 5),
      ended('failed and held', 'failed', 5, { held: { cause: 'run_failed' } }),
      ended('spent', 'completed', 5, { held: { cause: 'budget' } }),
      ended('fresh', 'completed', 12),
      ended('fresher', 'cancelled', 14),
      ended('earlier', 'completed', 3),
      ended('put away', 'failed', 3, { archived: true }),
    ],
    {},
    10 * 60_000,
  );
  expect(ids(made)).toEqual({
    budgets: ['spent'],
    held: ['failed and held'],
    failed: ['failed'],
    active: ['asks', 'runs', 'queued'],
    fresh: ['fresher', 'fresh'],
    earlier: ['earlier'],
  });
});

it('does not bring back a failure that was seen, and brings the next one', () => {
  const seen = { a: at(5) };
  expect(ids(overview([ended('a', 'failed', 5)], seen, 0)).failed).toEqual([]);
  expect(ids(overview([ended('a', 'failed', 6)], seen, 0)).failed).toEqual(['a']);
});

it('believes what is known later', () => {
  expect(mergedThreads([thread('a', { feedVersion: 3, status: 'running' })], [thread('a', { feedVersion: 2 })])[0]?.status).toBe('running');
});
