import { describe, expect, it } from 'vitest';
import { fieldsOf } from './fields';

describe('the state of an engine', () => {
  it('is shown field by field, without what has no value', () => {
    expect(fieldsOf({ type: 'codex', threadId: 't-1', approvalPolicy: 'on-request', sandbox: 'read-only', model: '' } as never)).toEqual([
      ['Conversation', 't-1'],
      ['Approval policy', 'on-request'],
      ['Sandbox', 'read-only'],
    ]);
  });

  it('names each option of an agent by itself', () => {
    expect(fieldsOf({ type: 'acp', agentName: 'practice', configOptions: { pace: '40', tone: 'dry' } } as never)).toEqual([
      ['Agent', 'practice'],
      ['Options: pace', '40'],
      ['Options: tone', 'dry'],
    ]);
  });

  it('keeps an exit code of nought, and a field that is new', () => {
    expect(fieldsOf({ type: 'command', arguments: ['make', 'test'], environment: [], exitCode: 0, niceLevel: 5 } as never)).toEqual([
      ['Command', 'make test'],
      ['Last exit code', '0'],
      ['Nice level', '5'],
    ]);
  });
});
