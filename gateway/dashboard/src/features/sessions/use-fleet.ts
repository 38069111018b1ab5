import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { sessions, type SessionFilter } from '@/shared/api/queries';
import { merged } from './board';

/** Every session that is not over, and the latest that are: what the board and the timeline show. */
export function useFleet(filter: Pick<SessionFilter, 'project' | 'machine'>) {
  const queries = [
    useInfiniteQuery(sessions(filter, 200)),
    useInfiniteQuery(sessions({ ...filter, status: 'queued' }, 200)),
    useInfiniteQuery(sessions({ ...filter, status: 'running' }, 200)),
    useInfiniteQuery(sessions({ ...filter, status: 'waiting' }, 200)),
  ] as const;
  const [recent, queued, running, waiting] = queries;
  const list = useMemo(
    () => merged(recent.data ?? [], queued.data ?? [], running.data ?? [], waiting.data ?? []),
    [recent.data, queued.data, running.data, waiting.data],
  );
  return {
    list,
    recent,
    isPending: queries.some((query) => query.isPending && !query.error),
    error: queries.find((query) => query.error && !query.data)?.error ?? null,
    retry: () => queries.forEach((query) => void query.refetch()),
  };
}
