import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { openStream, type StreamState } from './event-stream';

/** Between two refreshes of the lists, however many things change meanwhile. */
const GAP_MS = 350;

let state: StreamState = 'connecting';
const listeners = new Set<() => void>();

function tell(next: StreamState) {
  state = next;
  listeners.forEach((listener) => listener());
}

/** Gathers what has changed, and refreshes each kind of list once per gap. */
export function gatherer(refresh: (kinds: Set<string>) => void, gap = GAP_MS) {
  let kinds = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  return (kind: string) => {
    kinds.add(kind);
    timer ??= setTimeout(
      () => {
        timer = undefined;
        last = performance.now();
        const due = kinds;
        kinds = new Set();
        refresh(due);
      },
      Math.max(0, gap - (performance.now() - last)),
    );
  };
}

const KEYS: Record<string, string[]> = {
  thread: ['threads', 'thread', 'approvals', 'follow-ups', 'plan'],
  session: ['sessions', 'session', 'machines'],
  machine: ['machines'],
};

function refreshOf(client: QueryClient) {
  return (kinds: Set<string>) => {
    const roots = new Set([...kinds].flatMap((kind) => (kind === 'reset' ? Object.values(KEYS).flat() : (KEYS[kind] ?? []))));
    // A refetch that is under way may have read before the change: it is made again.
    void client.invalidateQueries({ predicate: (query) => roots.has(String(query.queryKey[0])) });
  };
}

/** The one connection of this tab that keeps every list live. */
export function useLiveLists() {
  const client = useQueryClient();
  useEffect(() => {
    const changed = gatherer(refreshOf(client));
    let opened = false;
    return openStream({
      url: '/api/stream',
      onEvent: (event) => changed(event.event ?? ''),
      onState: (next) => {
        if (next === 'signed-out') void client.invalidateQueries({ queryKey: ['self'] });
        // What was loaded before the stream stood may have changed in between.
        if (next === 'live' && !opened) {
          opened = true;
          changed('reset');
        }
        tell(next);
      },
    });
  }, [client]);
}

export function useLiveState(): StreamState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
