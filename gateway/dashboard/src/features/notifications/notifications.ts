import { useEffect, useRef, useState } from 'react';
import type { Approval } from '@/shared/api/queries';

const WANTED = 'heddle.notify';

export type Notify = 'unsupported' | 'denied' | 'off' | 'on';

const supported = () => typeof Notification !== 'undefined';

function now(): Notify {
  if (!supported()) return 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  return Notification.permission === 'granted' && localStorage.getItem(WANTED) === 'on' ? 'on' : 'off';
}

/** What of these was not there before. Those of the first look are old: nobody is told of them. */
export function fresh(known: ReadonlySet<string> | null, list: readonly Approval[]): Approval[] {
  return known === null ? [] : list.filter((one) => !known.has(one.id));
}

/** Whether the browser tells what needs a person, and the switch for it: the browser asks only when it is pressed. */
export function useNotifySwitch(): [Notify, () => void] {
  const [state, setState] = useState(now);
  const turn = async () => {
    if (state === 'on') localStorage.setItem(WANTED, 'off');
    else if (supported()) {
      if (Notification.permission === 'default') await Notification.requestPermission();
      localStorage.setItem(WANTED, Notification.permission === 'granted' ? 'on' : 'off');
    }
    setState(now());
  };
  return [state, () => void turn()];
}

/** Tells each new approval and question once, while nobody looks at the page. */
export function useNotifications(approvals: Approval[] | undefined, open: (approval: Approval) => void) {
  const known = useRef<Set<string> | null>(null);
  const opener = useRef(open);
  useEffect(() => {
    opener.current = open;
  });
  useEffect(() => {
    if (!approvals) return;
    const due = fresh(known.current, approvals);
    known.current = new Set(approvals.map((one) => one.id));
    if (now() !== 'on' || document.visibilityState === 'visible') return;
    for (const approval of due) {
      try {
        // The tag is of the approval: two tabs tell it once.
        const told = new Notification(approval.kind === 'question' ? 'A question for you' : 'An approval for you', { body: approval.title, tag: approval.id, icon: '/icon-192.png' });
        told.onclick = () => {
          window.focus();
          told.close();
          opener.current(approval);
        };
      } catch {
        // Some browsers let only a service worker tell; the number in the title is still there.
      }
    }
  }, [approvals]);
}
