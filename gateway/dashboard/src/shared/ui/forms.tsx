import { Check, Copy } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button, cx } from './kit';

/** A labelled field with a word on what it means. The label holds the field, so it needs no id. */
export function Field({ label, hint, children, wide }: { label: string; hint?: ReactNode; children: ReactNode; wide?: boolean }) {
  return (
    <div className={cx('space-y-1.5', wide && 'sm:col-span-2')}>
      <label className="block space-y-1.5">
        <span className="block text-[13px] font-medium">{label}</span>
        {children}
      </label>
      {hint && <p className="text-xs leading-relaxed text-soft">{hint}</p>}
    </div>
  );
}

export function Toggle({ label, hint, checked, onChange }: { label: string; hint?: ReactNode; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label className="flex cursor-pointer items-start gap-3 sm:col-span-2">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} className="mt-0.5 size-4 shrink-0 accent-accent" />
      <span>
        <span className="block text-[13px] font-medium">{label}</span>
        {hint && <span className="block text-xs leading-relaxed text-soft">{hint}</span>}
      </span>
    </label>
  );
}

/** One of a few, side by side. */
export function Segments<T extends string>({ label, value, options, onChange }: { label: string; value: T; options: readonly (readonly [T, ReactNode])[]; onChange: (value: T) => void }) {
  return (
    <div role="group" aria-label={label} className="inline-flex rounded-md border border-line bg-side p-0.5">
      {options.map(([id, name]) => (
        <button
          key={id}
          type="button"
          aria-pressed={value === id}
          onClick={() => onChange(id)}
          className={cx('rounded px-2.5 py-0.5 text-[13px] whitespace-nowrap transition-colors', value === id ? 'bg-raised text-ink shadow-xs' : 'text-soft hover:text-ink')}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

/** A command to take away. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className="flex max-w-2xl items-center gap-2 rounded-md border border-line bg-raised py-1 pr-1 pl-3">
      <code role="region" aria-label={label} className="min-w-0 flex-1 overflow-x-auto py-1 font-mono text-xs whitespace-pre" tabIndex={0}>{text}</code>
      <Button look="quiet" aria-label={`Copy ${label}`} onClick={() => void navigator.clipboard?.writeText(text).then(() => setCopied(true), () => {})}>
        {copied ? <Check className="size-3.5 text-good" aria-hidden /> : <Copy className="size-3.5" aria-hidden />}
        <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
      </Button>
    </div>
  );
}

/** How much of a limit is gone; a word stands beside it, since colour says nothing to some people. */
export function Meter({ label, used, limit, text }: { label: string; used: number; limit: number; text: string }) {
  const part = limit > 0 ? Math.min(1, used / limit) : 1;
  return (
    <div className="min-w-40 space-y-1">
      <div className="flex justify-between gap-3 text-xs"><span className="text-soft">{label}</span><span className={cx('tabular-nums', used >= limit ? 'text-bad' : 'text-ink')}>{text}</span></div>
      <div role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={limit} aria-valuenow={Math.min(used, limit)} className="h-1.5 overflow-hidden rounded-full bg-hover">
        <div className={cx('h-full rounded-full', part >= 1 ? 'bg-bad' : part > 0.8 ? 'bg-warn' : 'bg-accent')} style={{ width: `${part * 100}%` }} />
      </div>
    </div>
  );
}
