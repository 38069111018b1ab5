import { Bell, BellOff, BellRing } from 'lucide-react';
import { type Notify, useNotifySwitch } from './notifications';

const SAID: Record<Notify, string> = {
  unsupported: 'This browser tells nothing',
  denied: 'Notifications are blocked: allow them in the settings of the browser',
  off: 'Tell me when something needs me',
  on: 'You are told when something needs you',
};

export function NotifyButton({ className, labelled }: { className: string; labelled?: boolean }) {
  const [state, turn] = useNotifySwitch();
  const Sign = state === 'on' ? BellRing : state === 'off' ? Bell : BellOff;
  return (
    <button type="button" aria-pressed={state === 'on'} aria-label="Notifications" title={SAID[state]} disabled={state === 'unsupported' || state === 'denied'} onClick={turn} className={className}>
      <Sign className="size-4 shrink-0" strokeWidth={1.75} aria-hidden />
      {labelled && <span className="min-w-0 text-left">Notifications<span className="block text-xs text-soft">{SAID[state]}</span></span>}
    </button>
  );
}
