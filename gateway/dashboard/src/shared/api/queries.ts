import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from './client';

export type Thread = Schemas['ThreadView'];
export type Session = Schemas['SessionView'];
export type Machine = Schemas['MachineView'];
export type Project = Schemas['ProjectView'];
export type Approval = Schemas['ApprovalView'];

interface Page<T> {
  items: T[];
  nextCursor?: string | null;
}

/** Pages by cursor, as one growing list. */
function pages<T>(queryKey: readonly unknown[], load: (cursor?: string) => Promise<Page<T>>) {
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => load(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

export interface ThreadFilter {
  project?: string;
  status?: string;
  engine?: string;
  q?: string;
  archived?: boolean;
  /** Those that work for others, too. */
  includeChildren?: boolean;
}

/** Empty filters are left out: the server refuses values that it does not know. */
const given = <T extends object>(filter: T) =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined && value !== '')) as T;

export const threads = (filter: ThreadFilter, limit = 50) =>
  pages<Thread>(['threads', filter, limit], (cursor) =>
    unwrap(api.GET('/api/threads', { params: { query: { ...given(filter), cursor, limit } as never } })) as Promise<Page<Thread>>,
  );

export const thread = (id: string) =>
  queryOptions({ queryKey: ['thread', id], queryFn: () => unwrap(api.GET('/api/threads/{id}', { params: { path: { id } } })) as Promise<Thread> });

export interface SessionFilter {
  project?: string;
  status?: string;
  machine?: string;
  thread?: string;
}

export const sessions = (filter: SessionFilter, limit = 50) =>
  pages<Session>(['sessions', given(filter), limit], (cursor) =>
    unwrap(api.GET('/api/sessions', { params: { query: { ...given(filter), cursor, limit } as never } })) as Promise<Page<Session>>,
  );

export const session = (id: string) =>
  queryOptions({ queryKey: ['session', id], queryFn: () => unwrap(api.GET('/api/sessions/{id}', { params: { path: { id } } })) as Promise<Session> });

export const machines = queryOptions({
  queryKey: ['machines'],
  queryFn: async () => (await unwrap(api.GET('/api/machines'))).items as Machine[],
  // Slots and the last sign of life are not told on the stream.
  refetchInterval: 5000,
});

export const projects = queryOptions({
  queryKey: ['projects'],
  queryFn: async () => (await unwrap(api.GET('/api/projects', { params: { query: { limit: 100 } } }))).items as Project[],
});

export const project = (name: string) =>
  queryOptions({
    queryKey: ['projects', name],
    queryFn: () => unwrap(api.GET('/api/projects/{idOrName}', { params: { path: { idOrName: name } } })) as Promise<Project>,
  });

export const pendingApprovals = queryOptions({
  queryKey: ['approvals', 'pending'],
  queryFn: async () =>
    (await unwrap(api.GET('/api/approvals', { params: { query: { state: 'pending', limit: 100 } as never } }))).items as Approval[],
});

export const approval = (id: string) =>
  queryOptions({ queryKey: ['approvals', id], queryFn: () => unwrap(api.GET('/api/approvals/{id}', { params: { path: { id } } })) as Promise<Approval> });

export const followUps = (id: string) =>
  queryOptions({ queryKey: ['follow-ups', id], queryFn: () => unwrap(api.GET('/api/threads/{id}/follow-ups', { params: { path: { id } } })) });

export const plan = (id: string) =>
  queryOptions({ queryKey: ['plan', id], queryFn: () => unwrap(api.GET('/api/threads/{id}/plan', { params: { path: { id } } })) });

export const projectUsage = (name: string) =>
  queryOptions({
    queryKey: ['projects', name, 'usage'],
    queryFn: () => unwrap(api.GET('/api/projects/{idOrName}/usage', { params: { path: { idOrName: name } } })),
    staleTime: 30_000,
  });

export type Rule = Schemas['RuleView'];

/** The rules of a project itself, not those of its threads. */
export const rules = (project: string) =>
  pages<Rule>(['rules', project], (cursor) =>
    unwrap(api.GET('/api/rules', { params: { query: { scope: 'project', project, cursor, limit: 100 } as never } })) as Promise<Page<Rule>>,
  );

export type MetricsReading = Schemas['MetricsReading'];

export const metrics = queryOptions({
  queryKey: ['metrics'],
  queryFn: () => unwrap(api.GET('/api/metrics')),
  // Figures are counted, not told: a chart lives by asking.
  refetchInterval: 5000,
  staleTime: 0,
});

export type SearchHit = Schemas['SearchHit'];

export const searchHits = (q: string, project: string) =>
  pages<SearchHit>(['search', q, project], (cursor) =>
    unwrap(api.GET('/api/search', { params: { query: { ...given({ q, project }), cursor, limit: 30 } as never } })) as Promise<Page<SearchHit>>,
  );
