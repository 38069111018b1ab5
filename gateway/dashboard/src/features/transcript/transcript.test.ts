import { describe, expect, it } from 'vitest';
import { EMPTY, fold, type Item, loaded, type TraceEvent } from './transcript';

const SESSION = 's1';
let seq = 0;

function event(body: TraceEvent['body'], more: Partial<TraceEvent> = {}): TraceEvent {
  seq += 1;
  return { id: `e${seq}`, sessionId: SESSION, attempt: 1, origin: 'worker', seq, at: '2026-11-29T07:00:00Z', body, ...more };
}

const line = (text: string, messageId?: string) => event({ kind: 'engine.output', stream: 'stdout', text, part: 0, more: false, messageId, cleaned: false });
const status = (name: 'queued' | 'running' | 'completed' | 'failed', attempt = 1) => event({ kind: 'session.status', status: name, attempt }, { origin: 'session' });
const message = (messageId: string, text: string, how: 'completed' | 'failed' = 'completed') =>
  event({ kind: 'message', messageId, role: 'assistant', text, status: how, truncated: false });
const list = (transcript: typeof EMPTY) => transcript.order.map((id) => transcript.items[id] as Item);

describe('the fold of a transcript', () => {
  it('types lines into one item that becomes the message, in its place', () => {
    const typed = fold(EMPTY, [line('one', 'm1'), line('two', 'm1')]);
    expect(list(typed)).toMatchObject([{ kind: 'typing', text: 'one\ntwo\n' }]);
    const whole = fold(typed, [message('m1', 'one\ntwo')]);
    expect(list(whole)).toMatchObject([{ kind: 'message', text: 'one\ntwo', status: 'completed' }]);
    expect(list(fold(whole, [line('late', 'm1')]))).toMatchObject([{ text: 'one\ntwo' }]);
  });

  it('takes nothing twice, however a resumed stream overlaps', () => {
    const events = [line('one', 'm1'), line('two', 'm1'), line('three', 'm1')];
    const once = fold(EMPTY, events);
    const again = fold(fold(fold(EMPTY, events.slice(0, 2)), events.slice(1)), events);
    expect(list(again)).toEqual(list(once));
  });

  it('comes to the same in one batch and event by event', () => {
    const events = [status('running'), line('a', 'm1'), message('m1', 'a'), status('completed')];
    expect(events.reduce((state, one) => fold(state, [one]), EMPTY)).toEqual(fold(EMPTY, events));
  });

  it('keeps numbers of other attempts and origins apart', () => {
    const first = line('worker', 'm1');
    const other = event({ kind: 'notice', level: 'info', text: 'session' }, { seq: first.seq, origin: 'session' });
    const next = event({ kind: 'notice', level: 'info', text: 'again' }, { seq: first.seq, attempt: 2 });
    expect(list(fold(EMPTY, [first, other, next]))).toHaveLength(3);
  });

  it('changes no earlier state, and leaves untouched items the same objects', () => {
    const before = fold(EMPTY, [message('m1', 'first'), line('x', 'm2')]);
    const frozen = structuredClone(before);
    const after = fold(before, [line('y', 'm2')]);
    expect(before).toEqual(frozen);
    expect(after.items.m1).toBe(before.items.m1);
    expect(after.items.m2).not.toBe(before.items.m2);
  });

  it('ends what a lost attempt left open, and shows the loss', () => {
    const lost = fold(EMPTY, [line('half', 'm1'), event({ kind: 'tool', toolId: 't', name: 'bash', status: 'running' }), status('queued')]);
    expect(list(lost)).toMatchObject([
      { kind: 'message', status: 'failed', text: 'half\n' },
      { kind: 'tool', status: 'cancelled' },
      { kind: 'marker', status: 'lost' },
      { kind: 'marker', status: 'queued', transient: true },
    ]);
  });

  it('drops the labels of a start once the run begins', () => {
    const waiting = fold(EMPTY, [status('queued', 0), event({ kind: 'session.phase', phase: 'preparing' })]);
    expect(list(waiting)).toMatchObject([{ status: 'preparing' }]);
    expect(list(fold(waiting, [status('running')]))).toMatchObject([{ status: 'running' }]);
  });

  it('lets the first end of an approval count', () => {
    const asked = event({ kind: 'approval.requested', approvalId: 'a', asks: 'approval', title: 'rm', truncated: false });
    const denied = event({ kind: 'approval.decided', approvalId: 'a', verdict: 'denied', scope: 'once', by: 'ada' });
    const closed = event({ kind: 'approval.closed', approvalId: 'a', expired: false, reason: 'gone' });
    expect(list(fold(EMPTY, [asked, denied, closed]))).toMatchObject([{ status: 'denied', by: 'ada' }]);
  });

  it('goes on from a loaded page in the item that was being typed', () => {
    const stored = { kind: 'typing', id: 'm1', text: 'one\n', at: '2026-11-29T07:00:00Z', sessionId: SESSION, attempt: 1 } as Item;
    expect(list(fold(loaded([stored]), [line('two', 'm1')]))).toMatchObject([{ text: 'one\ntwo\n' }]);
  });
});
