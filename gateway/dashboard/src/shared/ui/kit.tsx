import { AlertTriangle, Compass, Loader2, Lock, type LucideIcon, WifiOff } from 'lucide-react';
import { type ButtonHTMLAttributes, type ReactNode, useEffect, useRef, useState } from 'react';
import { Problem } from '@/shared/api/client';

export const cx = (...parts: (string | false | null | undefined)[]) => parts.filter(Boolean).join(' ');

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { look?: 'primary' | 'plain' | 'quiet' | 'danger'; busy?: boolean };

export function Button({ look = 'plain', busy, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || busy}
      className={cx(
        // Its measures weigh nothing, so that a size in className counts, whatever the order of the sheet.
        '[:where(&)]:h-8 [:where(&)]:px-3 inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md text-[13px] font-medium transition-colors disabled:opacity-50',
        look === 'primary' && 'bg-accent text-white hover:bg-accent-strong',
        look === 'plain' && 'border border-line bg-raised text-ink hover:bg-hover',
        look === 'quiet' && 'text-soft hover:bg-hover hover:text-ink',
        look === 'danger' && 'border border-line bg-raised text-bad hover:bg-hover',
        className,
      )}
    >
      {busy && <Loader2 className="size-3.5 animate-spin" aria-hidden />}
      {children}
    </button>
  );
}

const TONES: Record<string, string> = {
  running: 'text-good', online: 'text-good', completed: 'text-done', waiting: 'text-warn', queued: 'text-soft', claimed: 'text-info',
  stopping: 'text-warn', draining: 'text-warn', failed: 'text-bad', lost: 'text-bad', cancelled: 'text-soft', offline: 'text-soft', idle: 'text-faint',
};

/** A word and a sign: colour alone says nothing to some people. */
export function StatusDot({ status, label = true }: { status: string; label?: boolean }) {
  const live = status === 'running' || status === 'stopping';
  return (
    <span className={cx('inline-flex items-center gap-2 whitespace-nowrap', TONES[status] ?? 'text-soft')}>
      <svg viewBox="0 0 14 14" className="size-3.5 shrink-0" role={label ? undefined : 'img'} aria-label={label ? undefined : status} aria-hidden={label || undefined}>
        {status === 'completed' ? (
          <><circle cx="7" cy="7" r="6.25" fill="currentColor" /><path d="M4.3 7.2l1.9 1.9 3.6-4" fill="none" stroke="var(--color-page)" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" /></>
        ) : status === 'failed' || status === 'lost' ? (
          <><circle cx="7" cy="7" r="6.25" fill="currentColor" /><path d="M5 5l4 4m0-4l-4 4" stroke="var(--color-page)" strokeWidth="1.5" strokeLinecap="round" /></>
        ) : live || status === 'online' ? (
          <><circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.5" opacity=".35" /><circle cx="7" cy="7" r="3" fill="currentColor" className={live ? 'breathe' : undefined} /></>
        ) : status === 'waiting' || status === 'draining' ? (
          <><circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.5" /><path d="M7 4v3l2 1.4" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" /></>
        ) : (
          <circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray={status === 'queued' || status === 'claimed' ? '2.2 2.1' : undefined} />
        )}
      </svg>
      {label && <span className="text-soft first-letter:uppercase">{status}</span>}
    </span>
  );
}

export function Skeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading" className="divide-y divide-line">
      {Array.from({ length: rows }, (_, n) => (
        <div key={n} className="flex h-11 items-center gap-3 px-4">
          <div className="size-3.5 rounded-full bg-hover" />
          <div className="h-3 rounded bg-hover" style={{ width: `${28 + ((n * 17) % 34)}%` }} />
          <div className="ml-auto h-3 w-16 rounded bg-hover" />
        </div>
      ))}
    </div>
  );
}

export function Empty({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-16 text-center">
      <Icon className="size-6 text-faint" strokeWidth={1.5} aria-hidden />
      <p className="text-sm font-medium text-ink">{title}</p>
      {children && <div className="max-w-sm text-[13px] text-soft">{children}</div>}
    </div>
  );
}

/** What a status says to people, where the problem's own sentence is not enough. */
const TITLES: Record<number, [LucideIcon, string]> = {
  0: [WifiOff, 'Heddle cannot be reached'],
  403: [Lock, 'You may not see this'],
  404: [Compass, 'There is no such thing'],
};

/** In place of what could not be shown: what happened, the code to look it up by, and a way on. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = error instanceof Problem ? error : null;
  const [Sign, title] = (problem && TITLES[problem.status]) ?? [AlertTriangle, null];
  const gone = problem?.status === 403 || problem?.status === 404;
  return (
    <div role="alert" className="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <Sign className={cx('size-6', gone ? 'text-faint' : 'text-bad')} strokeWidth={1.5} aria-hidden />
      {title && <p className="text-sm font-medium text-ink">{title}</p>}
      <p className={cx('max-w-md text-sm', title ? 'text-soft' : 'text-ink')}>{problem?.message ?? 'Something went wrong on this page.'}</p>
      <code className="max-w-full text-xs break-words text-soft">{problem?.code ?? String(error)}</code>
      {retry && <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

export function Told({ error }: { error: unknown }) {
  if (!error) return null;
  return (
    <p role="alert" className="text-[13px] text-bad">
      {error instanceof Error ? error.message : String(error)}
      {error instanceof Problem && <code className="ml-2 text-xs text-soft">{error.code}</code>}
    </p>
  );
}

const UNITS: [number, string][] = [[86_400, 'd'], [3600, 'h'], [60, 'm'], [1, 's']];

export function ago(at: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
  if (seconds < 5) return 'now';
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? [1, 's'];
  return `${Math.floor(seconds / size)}${unit}`;
}

export function span(from: string, to: string): string {
  const ms = Math.max(0, Date.parse(to) - Date.parse(from));
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} m ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} m`;
}

/** Ages by itself. */
export function Ago({ at }: { at: string }) {
  const [now, tick] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => tick(Date.now()), 5000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()} className="text-xs whitespace-nowrap text-soft tabular-nums">
      {ago(at, Math.max(now, Date.parse(at)))}
    </time>
  );
}

/** The browser's own dialog: it keeps the focus, closes with Esc, and needs no style of its own in the page. */
export function Dialog({ open, onClose, label, children, side }: { open: boolean; onClose: () => void; label: string; children: ReactNode; side?: boolean }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (open && dialog && !dialog.open) dialog.showModal?.();
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  if (!open) return null;
  return (
    <dialog
      ref={ref}
      aria-label={label}
      onClose={onClose}
      onMouseDown={(event) => event.target === ref.current && onClose()}
      className={cx(
        'bg-raised text-ink border-line shadow-2xl outline-none',
        side
          ? 'mt-0 mr-0 mb-0 ml-auto h-dvh max-h-none w-full max-w-2xl border-l'
          : 'mx-auto mt-[12vh] mb-auto w-[calc(100%-2rem)] max-w-xl rounded-xl border',
      )}
    >
      {children}
    </dialog>
  );
}

/** A field whose width its place says. */
export const bareField =
  'rounded-md border border-line bg-page px-2.5 py-1.5 text-[13px] text-ink placeholder:text-faint focus:border-accent focus:outline-none';

export const field = `[:where(&)]:w-full ${bareField}`;

export function Select({ label, value, onChange, children }: { label: string; value: string; onChange: (value: string) => void; children: ReactNode }) {
  return (
    <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)} className={cx(bareField, 'h-8 max-w-44 py-0')}>
      {children}
    </select>
  );
}

export function Key({ children }: { children: ReactNode }) {
  return <kbd className="rounded border border-line bg-page px-1.5 py-px font-sans text-[11px] text-soft">{children}</kbd>;
}

export function PageHead({ title, children, note }: { title: ReactNode; note?: ReactNode; children?: ReactNode }) {
  return (
    <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2">
      <h1 className="min-w-0 truncate text-sm font-semibold text-ink">{title}</h1>
      {note}
      <div className="ml-auto flex flex-wrap items-center gap-2">{children}</div>
    </header>
  );
}

export function More({ query }: { query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown } }) {
  if (!query.hasNextPage) return null;
  return (
    <div className="flex justify-center p-3">
      <Button look="quiet" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>Show more</Button>
    </div>
  );
}

/** Moves the focus between rows with j and k or the arrows. */
export function useRowKeys() {
  return (event: React.KeyboardEvent<HTMLElement>) => {
    const step = event.key === 'j' || event.key === 'ArrowDown' ? 1 : event.key === 'k' || event.key === 'ArrowUp' ? -1 : 0;
    const target = event.target as HTMLElement;
    if (!step || target.matches('input, textarea, select')) return;
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
    const next = rows[rows.indexOf(target.closest<HTMLElement>('[data-row]') as HTMLElement) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  };
}

