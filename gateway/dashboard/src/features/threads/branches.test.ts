import { describe, expect, it } from 'vitest';
import { branchesOf, type Message } from './branches';

const say = (id: string, parentId: string | null, role: 'user' | 'assistant', sessionId: string | null): Message => ({ id, parentId, role, sessionId, text: id, ordinal: 0 });

// u1 was edited into u2; the answer to u2 was given twice.
const MESSAGES = [
  say('u1', null, 'user', 's1'), say('a1', 'u1', 'assistant', 's1'),
  say('u2', null, 'user', 's2'), say('a2', 'u2', 'assistant', 's2'), say('a3', 'u2', 'assistant', 's3'),
];
const message = (id: string, sessionId: string) => ({ kind: 'message', id, messageId: id, sessionId });
const tool = (sessionId: string) => ({ kind: 'tool', id: `t:${sessionId}`, sessionId });

describe('the branches of a conversation', () => {
  it('show only what leads to the active message', () => {
    const { hides } = branchesOf(MESSAGES, 'a3');
    expect(MESSAGES.filter((one) => !hides(message(one.id, one.sessionId as string))).map((one) => one.id)).toEqual(['u2', 'a3']);
  });

  it('hide a run with its answers, though the prompt that it shares is shown', () => {
    const { hides } = branchesOf(MESSAGES, 'a3');
    expect(['s1', 's2', 's3'].map((one) => hides(tool(one)))).toEqual([true, true, false]);
  });

  it('show a run that has said nothing yet with its prompt', () => {
    const { hides } = branchesOf([...MESSAGES, say('u4', 'a3', 'user', 's4')], 'u4');
    expect(hides(tool('s4'))).toBe(false);
    expect(hides(tool('unknown'))).toBe(false);
  });

  it('show what is typed and not yet known as a message', () => {
    expect(branchesOf(MESSAGES, 'a3').hides({ kind: 'typing', id: 'new', messageId: 'new', sessionId: 's4' })).toBe(false);
  });

  it('hide nothing where the active message is not known', () => {
    expect(branchesOf(MESSAGES, null).hides(message('a1', 's1'))).toBe(false);
  });

  it('name the siblings of a message, itself too', () => {
    const { siblings } = branchesOf(MESSAGES, 'a3');
    expect(siblings('u1')).toEqual(['u1', 'u2']);
    expect(siblings('a3')).toEqual(['a2', 'a3']);
    expect(siblings('nobody')).toEqual([]);
  });

  it('follow what was said behind the active message', () => {
    const { hides } = branchesOf(MESSAGES, 'u1');
    expect(hides(message('a1', 's1'))).toBe(false);
    expect(hides(message('u2', 's2'))).toBe(true);
  });
});
