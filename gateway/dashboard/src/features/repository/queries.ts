import { queryOptions } from '@tanstack/react-query';
import { api, idempotent, Problem, type Schemas, unwrap } from '@/shared/api/client';

export type Checkpoint = Schemas['Checkpoint'];
export type Comparison = Schemas['CheckpointDiff'];

const MOST = 200;

/** All checkpoints of a thread. */
export const checkpoints = (id: string) =>
  queryOptions({
    queryKey: ['thread', id, 'checkpoints'],
    queryFn: async () => {
      const all: Checkpoint[] = [];
      let cursor: string | undefined;
      do {
        const page = await unwrap(api.GET('/api/threads/{id}/checkpoints', { params: { path: { id }, query: { limit: MOST, ...(cursor && { cursor }) } } }));
        all.push(...(page.items as Checkpoint[]));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      return all;
    },
  });

/** What a checkpoint changed; null where no machine was asked to compare these two yet. */
export const comparison = (thread: string, checkpoint: string, from?: string) =>
  queryOptions({
    queryKey: ['thread', thread, 'checkpoints', checkpoint, 'diff', from ?? 'parent'],
    queryFn: async (): Promise<Comparison | null> => {
      try {
        return await unwrap(api.GET('/api/threads/{id}/checkpoints/{checkpointId}/diff', { params: { path: { id: thread, checkpointId: checkpoint }, query: { ...(from && { from }) } } }));
      } catch (error) {
        if (error instanceof Problem && error.code === 'no_diff') return null;
        throw error;
      }
    },
  });

export const compare = (thread: string, checkpoint: string, from?: string) =>
  unwrap(api.POST('/api/threads/{id}/checkpoints/{checkpointId}/diff', { params: { path: { id: thread, checkpointId: checkpoint }, query: { ...(from && { from }) }, header: idempotent() } }));

export const reset = (thread: string, checkpoint: string) =>
  unwrap(api.POST('/api/threads/{id}/checkpoints/{checkpointId}/reset', { params: { path: { id: thread, checkpointId: checkpoint }, header: idempotent() } }));

export const redo = (thread: string) => unwrap(api.POST('/api/threads/{id}/checkpoints/redo', { params: { path: { id: thread }, header: idempotent() } }));

export const commit = (thread: string, message: string) =>
  unwrap(api.POST('/api/threads/{id}/repository/commit', { params: { path: { id: thread }, header: idempotent() }, body: { message } }));

export const push = (thread: string) => unwrap(api.POST('/api/threads/{id}/repository/push', { params: { path: { id: thread }, header: idempotent() } }));

export const openPullRequest = (thread: string, body: Schemas['PullRequestRequest']) =>
  unwrap(api.POST('/api/threads/{id}/repository/pull-request', { params: { path: { id: thread }, header: idempotent() }, body }));
