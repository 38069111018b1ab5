import type { ReactNode } from 'react';

/** Parts of a whole, the largest first. */
export function Bars({ title, note, rows, format, empty, tone = 'bg-accent' }: { title: string; note?: string; rows: { name: string; value: number; link?: ReactNode }[]; format: (value: number) => string; empty: string; tone?: string }) {
  const sorted = [...rows].sort((a, b) => b.value - a.value);
  const most = sorted[0]?.value ?? 0;
  return (
    <section aria-label={title} className="min-w-0 space-y-3 rounded-lg border border-line bg-raised p-4">
      <div className="flex flex-wrap items-baseline gap-x-3"><h2 className="text-[13px] font-medium">{title}</h2>{note && <span className="text-xs text-soft">{note}</span>}</div>
      {most <= 0 ? (
        <p className="py-8 text-center text-xs text-soft">{empty}</p>
      ) : (
        <ul className="space-y-2">
          {sorted.slice(0, 8).map((row) => (
            <li key={row.name} className="space-y-1 text-xs">
              <div className="flex justify-between gap-3"><span className="min-w-0 truncate">{row.link ?? row.name}</span><span className="shrink-0 text-soft tabular-nums">{format(row.value)}</span></div>
              <div className="h-1.5 rounded-full bg-hover" aria-hidden><div className={`h-full rounded-full ${tone}`} style={{ width: `${(row.value / most) * 100}%` }} /></div>
            </li>
          ))}
        </ul>
      )}
      {sorted.length > 8 && most > 0 && <p className="text-xs text-soft">and {sorted.length - 8} more</p>}
    </section>
  );
}

export function Tile({ name, value, note, bad }: { name: string; value: string; note?: string; bad?: boolean }) {
  return (
    <div className="min-w-0 rounded-lg border border-line bg-raised px-4 py-3">
      <dt className="truncate text-xs text-soft">{name}</dt>
      <dd className={`mt-0.5 text-lg font-semibold tabular-nums ${bad ? 'text-bad' : ''}`}>{value}</dd>
      {note && <dd className="truncate text-xs text-soft" title={note}>{note}</dd>}
    </div>
  );
}
