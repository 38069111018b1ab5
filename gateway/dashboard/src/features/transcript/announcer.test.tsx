import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Announcer } from './announcer';
import { fold, type Item, loaded, type TraceEvent } from './transcript';

const at = '2026-11-29T07:00:00Z';
const event = (seq: number, body: TraceEvent['body']): TraceEvent => ({ id: `e${seq}`, sessionId: 's', attempt: 1, origin: 'worker', seq, at, body });
const line = (seq: number, text: string) => event(seq, { kind: 'engine.output', stream: 'stdout', text, part: 0, more: false, messageId: 'm2', cleaned: false });
const news = () => screen.getByRole('status', { name: 'News' }).textContent;

describe('what a listener is told', () => {
  it('is each message once it is whole, and nothing of what was there before', () => {
    const before = loaded([{ kind: 'message', id: 'm1', role: 'assistant', status: 'completed', text: 'old', at, sessionId: 's', attempt: 1 } as Item]);
    const { rerender } = render(<Announcer transcript={before} />);
    expect(news()).toBe('');
    const typed = fold(before, [line(1, 'ne'), line(2, 'w')]);
    rerender(<Announcer transcript={typed} />);
    expect(news()).toBe('');
    rerender(<Announcer transcript={fold(typed, [event(3, { kind: 'message', messageId: 'm2', role: 'assistant', text: 'new', status: 'completed', truncated: false })])} />);
    expect(news()).toBe('new');
  });
});
