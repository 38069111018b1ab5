import type { Schemas } from '@/shared/api/client';

export type Message = Pick<Schemas['MessageView'], 'id' | 'parentId' | 'role' | 'text' | 'sessionId' | 'ordinal'>;

export interface Branches {
  byId: ReadonlyMap<string, Message>;
  /** What has the same parent, the oldest first. */
  siblings(id: string): readonly string[];
  /** Whether what was said, or what a run did, belongs to a branch that is not shown. */
  hides(item: { kind: string; id: string; messageId?: string; sessionId: string }): boolean;
}

/**
 * The branch that ends at the active message, among all that was said. A run is hidden with its
 * answers; one that has not answered, with the message that it is to answer.
 */
export function branchesOf(messages: readonly Message[], active: string | null | undefined): Branches {
  const byId = new Map(messages.map((one) => [one.id, one]));
  const children = new Map<string | null, string[]>();
  for (const one of messages) {
    const list = children.get(one.parentId) ?? [];
    list.push(one.id);
    children.set(one.parentId, list);
  }
  const path = new Set<string>();
  for (let at = active ? byId.get(active) : undefined; at && !path.has(at.id); at = at.parentId ? byId.get(at.parentId) : undefined) path.add(at.id);
  // What was said behind the end, in a run that goes on, is not on another branch.
  for (let end = active ?? ''; ; ) {
    const next = children.get(end);
    if (next?.length !== 1 || path.has(next[0] as string)) break;
    end = next[0] as string;
    path.add(end);
  }
  const said = new Map<string, { answers: boolean[]; prompts: boolean[] }>();
  for (const one of messages) {
    if (!one.sessionId) continue;
    const of = said.get(one.sessionId) ?? { answers: [], prompts: [] };
    (one.role === 'user' ? of.prompts : of.answers).push(path.has(one.id));
    said.set(one.sessionId, of);
  }
  const gone = (session: string) => {
    const of = said.get(session);
    if (!of) return false;
    const counts = of.answers.length ? of.answers : of.prompts;
    return counts.length > 0 && !counts.includes(true);
  };
  return {
    byId,
    siblings: (id) => {
      const one = byId.get(id);
      return one ? (children.get(one.parentId) ?? []) : [];
    },
    hides: (item) => {
      if (path.size === 0) return false;
      const id = item.messageId ?? item.id;
      if ((item.kind === 'message' || item.kind === 'typing') && byId.has(id)) return !path.has(id);
      return gone(item.sessionId);
    },
  };
}
