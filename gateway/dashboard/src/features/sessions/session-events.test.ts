import { expect, it } from 'vitest';
import type { Event } from './event-store';
import { gist, matching } from './session-events';

const event = (id: string, body: object) => ({ id, body }) as unknown as Event;
const events = [
  event('1', { kind: 'engine.output', text: 'Building the Shop' }),
  event('2', { kind: 'tool', title: 'make test', output: 'shop: ok' }),
  event('3', { kind: 'session.status', status: 'completed' }),
];
const ids = (kind: string, search: string) => matching(events, kind, search).map((one) => one.id);

it('finds the events that hold all the words, whatever the case', () => {
  expect(ids('', 'shop')).toEqual(['1', '2']);
  expect(ids('', ' SHOP   make ')).toEqual(['2']);
  expect(ids('engine.output', 'shop')).toEqual(['1']);
  expect(ids('session.status', '')).toEqual(['3']);
  expect(matching(events, '', ' ')).toBe(events);
});

it('takes a search as text', () => {
  expect(ids('', '.*')).toEqual([]);
  expect(ids('', '(')).toEqual([]);
});

it('says in one line what an event says, however long that is', () => {
  expect(gist({ kind: 'error', failure: { code: 'exit_nonzero', message: 'it exited' } })).toBe('exit_nonzero: it exited');
  expect(gist({ kind: 'engine.output', text: 'x'.repeat(1_000_000) })).toHaveLength(400);
  expect(gist({ kind: 'usage', usage: { inputTokens: 3 } })).toBe('{"usage":{"inputTokens":3}}');
  expect(gist({ kind: 'brand.new' })).toBe('{}');
});
