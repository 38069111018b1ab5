import { useEffect, useRef } from 'react';
import { PLACES, type Place } from './places';

interface Actions {
  palette: () => void;
  newThread: () => void;
  overview: () => void;
  go: (place: Place) => void;
}

/** For so long after g the next key names a place, in ms. */
const CHORD = 1000;

/** The keys that work on every page. Typing, and what stands in a dialog, are left alone. */
export function useShortcuts(actions: Actions) {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    let pressed = -Infinity;
    const onKey = (event: KeyboardEvent) => {
      const act = latest.current;
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        act.palette();
        return;
      }
      const target = event.target as HTMLElement;
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || target.closest('input, textarea, select, dialog, [contenteditable]')) return;
      const place = performance.now() - pressed < CHORD ? PLACES.find((one) => one.key === event.key) : undefined;
      pressed = -Infinity;
      if (place) {
        event.preventDefault();
        act.go(place);
      } else if (event.key === 'g') pressed = performance.now();
      else if (event.key === 'c') {
        event.preventDefault();
        act.newThread();
      } else if (event.key === '?') act.overview();
      else if (event.key === '/') {
        event.preventDefault();
        const search = document.querySelector<HTMLInputElement>('[data-search]');
        if (search) search.focus();
        else act.palette();
      } else if (event.key === 'j' && target === document.body) document.querySelector<HTMLElement>('[data-row]')?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
