import type { Schemas } from '@/shared/api/client';
import type { Project } from '@/shared/api/queries';

export type Patch = Schemas['ProjectPatch'];

/** A project's settings as fields of a form: texts, where empty says nothing. */
export interface Draft {
  repository: string;
  baseBranch: string;
  localPath: string;
  setup: string;
  maxSessions: string;
  machineWaitSeconds: string;
  onLost: string;
  permission: string;
  budgetTokens: string;
  budgetCostUsd: string;
  pushCheckpoints: boolean;
}

const text = (value: string | number | null | undefined) => (value === null || value === undefined ? '' : String(value));

export const draftOf = (one: Project): Draft => ({
  repository: text(one.repository),
  baseBranch: text(one.baseBranch),
  localPath: text(one.localPath),
  setup: text(one.setup),
  maxSessions: text(one.maxSessions),
  machineWaitSeconds: text(one.machineWaitSeconds),
  onLost: one.onLost,
  permission: text(one.permission),
  budgetTokens: text(one.budget?.tokens),
  budgetCostUsd: text(one.budget?.costUsd),
  pushCheckpoints: one.pushCheckpoints,
});

const NUMBERS = new Set<keyof Draft>(['maxSessions', 'machineWaitSeconds', 'budgetTokens', 'budgetCostUsd']);
const BUDGET: Partial<Record<keyof Draft, 'tokens' | 'costUsd'>> = { budgetTokens: 'tokens', budgetCostUsd: 'costUsd' };

/** What differs, as a merge patch: what was not touched is not sent, so that it cannot undo what others do. */
export function patchOf(before: Draft, now: Draft): Patch {
  const patch: Record<string, unknown> = {};
  const budget: Record<string, unknown> = {};
  for (const key of Object.keys(now) as (keyof Draft)[]) {
    const value = now[key];
    if (value === before[key]) continue;
    const sent = typeof value === 'boolean' ? value : value.trim() === '' ? null : NUMBERS.has(key) ? Number(value) : key === 'setup' ? value : value.trim();
    const limit = BUDGET[key];
    if (limit) budget[limit] = sent;
    else patch[key] = sent;
  }
  if (Object.keys(budget).length > 0) {
    // A project without any limit has no budget, rather than an empty one.
    patch.budget = now.budgetTokens.trim() === '' && now.budgetCostUsd.trim() === '' ? null : budget;
  }
  return patch as Patch;
}
