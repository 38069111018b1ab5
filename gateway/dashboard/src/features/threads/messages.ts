import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, unwrap } from '@/shared/api/client';
import type { Thread } from '@/shared/api/queries';
import { type Branches, branchesOf, type Message } from './branches';

interface Loaded {
  pages: { cursor?: string; items: Message[] }[];
}

const MOST = 200;

/** All that was said on every branch. Only the last page is read again: before it nothing is added. */
const messages = (client: QueryClient, id: string) => ({
  queryKey: ['thread', id, 'messages'],
  queryFn: async (): Promise<Loaded> => {
    const before = client.getQueryData<Loaded>(['thread', id, 'messages']);
    const pages = before ? before.pages.slice(0, -1) : [];
    let cursor = before?.pages.at(-1)?.cursor;
    do {
      const page = await unwrap(api.GET('/api/threads/{id}/messages', { params: { path: { id }, query: { branch: 'all', limit: MOST, ...(cursor && { cursor }) } } }));
      pages.push({ ...(cursor && { cursor }), items: page.items as Message[] });
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    return { pages };
  },
});

export function useBranches(thread: Thread): Branches {
  const client = useQueryClient();
  const loaded = useQuery(messages(client, thread.id)).data;
  return useMemo(() => branchesOf(loaded?.pages.flatMap((page) => page.items) ?? [], thread.activeMessageId), [loaded, thread.activeMessageId]);
}
