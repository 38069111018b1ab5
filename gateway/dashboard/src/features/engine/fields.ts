import type { Schemas } from '@/shared/api/client';

type State = NonNullable<Schemas['EngineState']>;

const NAMES: Record<string, string> = {
  threadId: 'Conversation', sessionId: 'Conversation', pendingTurn: 'Turn under way', approvalPolicy: 'Approval policy', sandbox: 'Sandbox',
  reasoningEffort: 'Reasoning effort', effort: 'Effort', model: 'Model', modelProvider: 'Model provider', workingDirectory: 'Folder',
  cliVersion: 'Version', permissionMode: 'Permission mode', agentName: 'Agent', agentVersion: 'Version', mode: 'Mode', configOptions: 'Options',
  arguments: 'Command', environment: 'Environment', exitCode: 'Last exit code',
};

const words = (name: string) => {
  const text = name.replace(/([A-Z])/g, ' $1').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/** Every field of an engine's state that has a value, also one that this page does not know yet. */
export function fieldsOf(state: State): [string, string][] {
  return Object.entries(state).flatMap(([name, value]): [string, string][] => {
    const title = NAMES[name] ?? words(name);
    if (name === 'type' || value === null || value === undefined || value === '') return [];
    if (Array.isArray(value)) return value.length ? [[title, value.join(name === 'arguments' ? ' ' : ', ')]] : [];
    if (typeof value === 'object') return Object.entries(value as Record<string, unknown>).map(([key, one]) => [`${title}: ${key}`, String(one)]);
    return [[title, String(value)]];
  });
}
