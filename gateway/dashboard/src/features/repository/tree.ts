interface Node {
  id: string;
  parentId: string | null;
  ordinal: number;
}

export interface Placed<T> {
  node: T;
  /** How far to the right; what goes on from a checkpoint that others went on from begins a lane. */
  lane: number;
  /** The row of its parent, above it; absent for a root. */
  from?: number;
}

/** Checkpoints in the order of their capture, each in a lane, so that branches stand side by side. */
export function placed<T extends Node>(checkpoints: readonly T[]): Placed<T>[] {
  const rows: Placed<T>[] = [];
  const rowOf = new Map<string, number>();
  const goneOn = new Set<string>();
  let lanes = 0;
  for (const node of [...checkpoints].sort((a, b) => a.ordinal - b.ordinal)) {
    const from = node.parentId ? rowOf.get(node.parentId) : undefined;
    const follows = node.parentId !== null && from !== undefined && !goneOn.has(node.parentId);
    if (node.parentId) goneOn.add(node.parentId);
    const lane = follows ? (rows[from] as Placed<T>).lane : lanes++;
    rowOf.set(node.id, rows.length);
    rows.push({ node, lane, ...(from !== undefined && { from }) });
  }
  return rows;
}
