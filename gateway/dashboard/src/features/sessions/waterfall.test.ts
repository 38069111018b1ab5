import { describe, expect, it } from 'vitest';
import { append, type Event, MOST } from './event-store';
import { extent, spansOf } from './waterfall';

let n = 0;
const event = (second: number, body: object, attempt = 1) =>
  ({ id: `1.0.${n++}`, sessionId: 's', attempt, seq: n, origin: 'worker', at: new Date(second * 1000).toISOString(), body }) as unknown as Event;
const status = (second: number, name: string, attempt = 1) => event(second, { kind: 'session.status', status: name, attempt }, attempt);
const brief = (events: Event[]) => spansOf(events).map((span) => [span.name, span.from / 1000, span.to === undefined ? null : span.to / 1000]);

describe('a waterfall', () => {
  it('shows how long each step took, in the order in which they began', () => {
    expect(
      brief([
        status(0, 'queued'),
        status(2, 'claimed'),
        event(2, { kind: 'session.phase', phase: 'preparing' }),
        event(4, { kind: 'session.phase', phase: 'starting' }),
        event(5, { kind: 'engine.started', engine: 'practice' }),
        status(5, 'running'),
        event(6, { kind: 'tool', toolId: 't', name: 'Bash', title: 'make test', status: 'running' }),
        event(9, { kind: 'tool', toolId: 't', name: 'Bash', title: 'make test', status: 'completed' }),
        event(10, { kind: 'engine.exited', exitCode: 0 }),
        status(11, 'completed'),
      ]),
    ).toEqual([
      ['queued', 0, 2],
      ['claimed', 2, 5],
      ['preparing', 2, 4],
      ['starting', 4, 5],
      ['engine practice', 5, 10],
      ['running', 5, 11],
      ['make test', 6, 9],
      ['completed', 11, 11],
    ]);
  });

  it('leaves open what goes on, and reaches to now', () => {
    const spans = spansOf([status(0, 'queued'), status(1, 'running')]);
    expect(spans[1]?.to).toBeUndefined();
    expect(extent(spans, 60_000)).toEqual({ from: 0, to: 60_000 });
  });

  it('closes what a lost attempt left open', () => {
    const spans = spansOf([
      status(0, 'queued'),
      status(1, 'running'),
      event(1, { kind: 'tool', toolId: 't', name: 'Bash', status: 'running' }),
      status(8, 'queued', 2),
    ]);
    expect(spans.find((span) => span.tone === 'tool')?.to).toBe(8000);
  });

  it('counts what services tell to the attempt that there is, and sorts by time', () => {
    const spans = spansOf([
      event(0, { kind: 'message', messageId: 'm', role: 'user', text: 'go', status: 'completed' }, 0),
      event(3, { kind: 'engine.started', engine: 'command' }, 1),
      { ...status(1, 'queued'), attempt: 0 },
      { ...status(5, 'queued', 2), attempt: 0 },
    ]);
    expect(spans.map((span) => [span.name, span.attempt])).toEqual([['user message', 1], ['queued', 1], ['engine command', 1], ['queued', 2]]);
  });

  it('marks what failed', () => {
    const spans = spansOf([event(0, { kind: 'engine.started', engine: 'command' }), event(1, { kind: 'engine.exited', exitCode: 7 }), event(1, { kind: 'error', failure: { code: 'engine_failed', message: 'no' } })]);
    expect(spans.map((span) => [span.name, span.detail, span.failed])).toEqual([
      ['engine command', 'exit code 7', true],
      ['engine_failed', 'no', true],
    ]);
  });

  it('survives kinds and fields that it does not know', () => {
    expect(spansOf([event(0, { kind: 'brand.new' }), event(1, { kind: 'message' })])).toHaveLength(1);
    expect(extent([], 5)).toEqual({ from: 5, to: 6 });
  });
});

describe('events that come in', () => {
  it('are kept once each, though a connection sends them again', () => {
    const events = [status(0, 'queued'), status(1, 'running')];
    expect(append(events, [events[1] as Event, status(2, 'completed')])).toHaveLength(3);
    expect(append(events, events)).toBe(events);
  });

  it('never fill the memory', () => {
    const many = Array.from({ length: MOST + 5 }, () => status(0, 'queued'));
    expect(append([], many)).toHaveLength(MOST);
  });
});
