import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { cx } from '@/shared/ui/kit';

export interface Series {
  name: string;
  values: (number | null)[];
}

const HEIGHT = 168;
/** As many as there are colours in styles.css. */
const COLOURS = 8;
const colourClass = ['text-series-1', 'text-series-2', 'text-series-3', 'text-series-4', 'text-series-5', 'text-series-6', 'text-series-7', 'text-series-8'];

/** A canvas knows no custom properties: what the theme makes of them is asked of the page. */
function colours(root: HTMLElement) {
  const probe = root.appendChild(document.createElement('span'));
  const of = (variable: string) => {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
  const made = { lines: Array.from({ length: COLOURS }, (_, n) => of(`--color-series-${n + 1}`)), axis: of('--color-soft'), grid: of('--color-line') };
  probe.remove();
  return made;
}

/** Counts up with each change of the theme. */
function useTheme() {
  const [changes, change] = useState(0);
  useEffect(() => {
    const changed = () => change((n) => n + 1);
    const media = matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', changed);
    const observer = new MutationObserver(changed);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      media.removeEventListener('change', changed);
      observer.disconnect();
    };
  }, []);
  return changes;
}

const clock = (seconds: number) => new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/** Lines over time. The legend tells the value under the pointer, or the latest. */
export function Chart({ title, note, times, series, format, empty }: { title: string; note?: string; times: number[]; series: Series[]; format: (value: number) => string; empty: string }) {
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const theme = useTheme();
  // Without two moments there is no line, and no place for one.
  const names = times.length < 2 ? '' : series.map((one) => one.name).join('\n');
  const data = [times, ...series.map((one) => one.values)] as uPlot.AlignedData;
  const latest = useRef({ data, format });
  useEffect(() => {
    latest.current = { data, format };
    plot.current?.setData(data);
  });
  useEffect(() => {
    const element = root.current;
    if (!element || names === '') return;
    const { lines, axis, grid } = colours(element);
    const axes = { stroke: axis, grid: { stroke: grid, width: 1 }, ticks: { show: false }, font: `11px ${getComputedStyle(element).fontFamily}` };
    const made = new uPlot(
      {
        width: Math.max(120, element.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { sync: { key: 'metrics' }, y: false, points: { size: 6 }, drag: { x: false, y: false } },
        scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
        axes: [{ ...axes, space: 90, values: (_, ticks) => ticks.map(clock) }, { ...axes, size: 62, values: (_, ticks) => ticks.map((value) => latest.current.format(value)) }],
        series: [{}, ...names.split('\n').map((name, n) => ({ label: name, stroke: lines[n % COLOURS], width: 1.5, spanGaps: true, points: { show: false } }))],
        hooks: { setCursor: [(self) => setAt(self.cursor.idx ?? null)] },
      },
      latest.current.data,
      element,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: Math.max(120, element.clientWidth), height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [names, theme]);
  const value = (one: Series) => {
    const shown = at !== null && at < one.values.length ? one.values[at] : [...one.values].reverse().find((had) => had !== null);
    return shown === null || shown === undefined ? '–' : format(shown);
  };
  return (
    <figure className="min-w-0 space-y-2 rounded-lg border border-line bg-raised p-4">
      <figcaption className="flex flex-wrap items-baseline gap-x-3"><h2 className="text-[13px] font-medium">{title}</h2>{note && <span className="text-xs text-soft">{note}</span>}</figcaption>
      {names === '' ? (
        <p className="flex items-center justify-center text-center text-xs text-soft" style={{ height: HEIGHT }}>{times.length < 2 ? 'Gathering the first figures…' : empty}</p>
      ) : (
        <div ref={root} className="min-w-0 overflow-hidden" role="img" aria-label={`${title}: ${series.map((one) => `${one.name} ${value(one)}`).join(', ')}`} style={{ height: HEIGHT }} />
      )}
      <ul className="flex min-h-4 flex-wrap gap-x-4 gap-y-1 text-xs">
        {series.map((one, n) => (
          <li key={one.name} className="flex items-center gap-1.5">
            <span className={cx('h-0.5 w-3 rounded bg-current', colourClass[n % COLOURS])} aria-hidden />
            <span className="text-soft">{one.name}</span><span className="tabular-nums">{value(one)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
