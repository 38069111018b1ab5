import { expect, it } from 'vitest';
import type { Project } from '@/shared/api/queries';
import { draftOf, patchOf } from './project-patch';

const project = {
  name: 'shop',
  repository: 'https://git.example/shop',
  baseBranch: null,
  localPath: null,
  setup: null,
  maxSessions: 4,
  machineWaitSeconds: null,
  onLost: 'resume',
  permission: null,
  budget: { tokens: 1000 },
  pushCheckpoints: false,
} as Project;

const changed = (change: Partial<ReturnType<typeof draftOf>>) => patchOf(draftOf(project), { ...draftOf(project), ...change });

it('sends nothing that was not touched', () => {
  expect(changed({})).toEqual({});
  expect(changed({ baseBranch: ' main ' })).toEqual({ baseBranch: 'main' });
});

it('resets with null what was emptied', () => {
  expect(changed({ maxSessions: '', repository: '  ' })).toEqual({ maxSessions: null, repository: null });
});

it('sends numbers as numbers, and a set-up as it was written', () => {
  expect(changed({ maxSessions: '8', setup: 'npm ci\n' })).toEqual({ maxSessions: 8, setup: 'npm ci\n' });
});

it('merges the limits of a budget, and removes the budget with the last of them', () => {
  expect(changed({ budgetCostUsd: '12.5' })).toEqual({ budget: { costUsd: 12.5 } });
  expect(changed({ budgetTokens: '' })).toEqual({ budget: null });
});
