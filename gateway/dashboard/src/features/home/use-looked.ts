import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Seen } from './needs';

const LOOKED = 'heddle.home.looked';
const SEEN = 'heddle.home.seen';
/** Failures that were put aside; the oldest are forgotten. */
const MOST = 500;

/** When this browser showed Home last before now. Leaving it, or hiding the tab, is what counts. */
export function useLooked(): number {
  const [looked] = useState(() => Number(localStorage.getItem(LOOKED) ?? 0));
  useEffect(() => {
    const leave = () => localStorage.setItem(LOOKED, String(Date.now()));
    const hidden = () => document.visibilityState === 'hidden' && leave();
    document.addEventListener('visibilitychange', hidden);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      leave();
    };
  }, []);
  return looked;
}

function read(): Seen {
  try {
    return JSON.parse(localStorage.getItem(SEEN) ?? '{}') as Seen;
  } catch {
    return {};
  }
}

let seen: Seen | undefined;
const listeners = new Set<() => void>();

/** Failures that were put aside in this browser, and how to put one aside. */
export function useSeen(): [Seen, (thread: string, at: string) => void] {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => (seen ??= read()),
  );
  return [
    now,
    (thread, at) => {
      seen = Object.fromEntries([...Object.entries({ ...now, [thread]: at })].slice(-MOST));
      localStorage.setItem(SEEN, JSON.stringify(seen));
      listeners.forEach((listener) => listener());
    },
  ];
}
