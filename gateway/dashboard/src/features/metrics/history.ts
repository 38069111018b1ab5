import { useQuery } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { type MetricsReading, metrics } from '@/shared/api/queries';
import { remembered } from './figures';

/** An hour of readings. */
const MOST = 720;

let history: MetricsReading[] = [];
const listeners = new Set<() => void>();

/** Readings since this page was opened in this tab; going elsewhere and back leaves a gap, not an end. */
export function useHistory() {
  const query = useQuery(metrics);
  const reading = query.data;
  useEffect(() => {
    if (!reading) return;
    const next = remembered(history, reading, MOST);
    if (next === history) return;
    history = next;
    listeners.forEach((listener) => listener());
  }, [reading]);
  const list = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => history,
  );
  return { query, history: list };
}
