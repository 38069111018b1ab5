import type { LucideIcon } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Button, cx } from './kit';

export interface MenuItem {
  name: string;
  icon: LucideIcon;
  run: () => void;
  bad?: boolean;
}

/** A button with what can be done behind it; arrows move in it, Esc closes it. */
export function Menu({ label, icon: Icon, items, children }: { label: string; icon: LucideIcon; items: MenuItem[]; children?: ReactNode }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [open]);
  const close = () => {
    setOpen(false);
    box.current?.querySelector<HTMLElement>('button')?.focus();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (!open) return;
    const all = [...(box.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') {
      if (event.key === 'Escape') event.preventDefault();
      close();
    } else if (to !== undefined) {
      event.preventDefault();
      all[(to + all.length) % all.length]?.focus();
    }
    event.stopPropagation();
  };
  return (
    <div ref={box} className="relative" onKeyDown={onKeyDown}>
      <Button look="quiet" aria-label={label} title={label} aria-haspopup="menu" aria-expanded={open} aria-controls={open ? id : undefined} className={children ? undefined : 'w-8 px-0'} onClick={() => setOpen(!open)}>
        <Icon className="size-4" aria-hidden />{children}
      </Button>
      {open && (
        <div id={id} role="menu" aria-label={label} className="absolute right-0 z-30 mt-1 w-52 rounded-lg border border-line bg-raised p-1 shadow-lg">
          {items.map(({ name, icon: Sign, run, bad }) => (
            <button
              key={name}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => {
                close();
                run();
              }}
              className={cx('flex w-full items-center gap-2.5 rounded-md px-2.5 py-1.5 text-left text-[13px] hover:bg-hover focus:bg-hover focus:outline-none', bad ? 'text-bad' : 'text-ink')}
            >
              <Sign className="size-3.5 shrink-0" aria-hidden />{name}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
