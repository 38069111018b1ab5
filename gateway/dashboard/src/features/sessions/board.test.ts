import { describe, expect, it } from 'vitest';
import type { Session } from '@/shared/api/queries';
import { board, lanes, merged } from './board';

const at = (second: number) => new Date(second * 1000).toISOString();
const session = (id: string, change: Partial<Session> = {}) => ({ id, version: 1, status: 'queued', queuedAt: at(0), ...change }) as Session;

describe('the board', () => {
  it('has every session once, as it is known last', () => {
    const list = merged([session('a'), session('b')], [session('a', { version: 2, status: 'running' })], [session('a')]);
    expect(list.map((one) => [one.id, one.status])).toEqual([['a', 'running'], ['b', 'queued']]);
  });

  it('puts the line in its order, and what ended last first', () => {
    const columns = board([
      session('second', { place: 2 }),
      session('first', { place: 1 }),
      session('claimed', { status: 'claimed' }),
      session('stopping', { status: 'stopping' }),
      session('old', { status: 'completed', finishedAt: at(1) }),
      session('new', { status: 'failed', finishedAt: at(9) }),
      session('asks', { status: 'waiting' }),
    ]);
    expect(Object.entries(columns).map(([name, list]) => [name, list.map((one) => one.id)])).toEqual([
      ['queued', ['claimed', 'first', 'second']],
      ['running', ['stopping']],
      ['waiting', ['asks']],
      ['done', ['new', 'old']],
    ]);
  });

  it('has no session that is nowhere', () => {
    expect(board([session('x', { status: 'brand-new' as Session['status'] })]).running).toHaveLength(1);
  });
});

describe('the timeline', () => {
  const ran = (id: string, machine: string, from: number, to?: number) =>
    session(id, { machine, status: to === undefined ? 'running' : 'completed', claimedAt: at(from), finishedAt: to === undefined ? null : at(to) });
  const brief = (found: ReturnType<typeof lanes>) => found.map((lane) => [lane.machine, lane.rows.map((row) => row.map((bar) => `${bar.session.id} ${bar.from / 1000}-${bar.to / 1000}`))]);

  it('gives a machine as many rows as ran at once', () => {
    expect(brief(lanes([ran('a', 'm1', 0, 10), ran('b', 'm1', 5, 15), ran('c', 'm1', 10, 20), ran('d', 'm2', 1)], 0, 30_000))).toEqual([
      ['m1', [['a 0-10', 'c 10-20'], ['b 5-15']]],
      ['m2', [['d 1-30']]],
    ]);
  });

  it('shows what waits above all machines, and machines that have nothing to do', () => {
    expect(brief(lanes([session('q', { queuedAt: at(20) })], 0, 30_000, ['idle']))).toEqual([
      ['', [['q 20-30']]],
      ['idle', []],
    ]);
  });

  it('leaves out what was over before, and cuts what began before', () => {
    expect(brief(lanes([ran('old', 'm', 0, 5), ran('long', 'm', 0, 15)], 10_000, 30_000))).toEqual([['m', [['long 10-15']]]]);
  });
});
