import { Key } from '@/shared/ui/kit';
import { PLACES } from './places';

type Row = [keys: string[], what: string];

const SECTIONS: [name: string, rows: Row[]][] = [
  ['Anywhere', [
    [['Ctrl', 'K'], 'Find and do anything'],
    [['C'], 'New thread'],
    [['/'], 'Search on this page'],
    [['?'], 'This overview'],
    [['Esc'], 'Close what is open'],
  ]],
  ['Go to', PLACES.map(({ key, name }): Row => [['G', key.toUpperCase()], name])],
  ['Lists', [
    [['J'], 'Next row'],
    [['K'], 'Row before'],
    [['Enter'], 'Open it'],
    [['H', 'L'], 'Column beside it, on the board'],
  ]],
  ['What needs me', [
    [['A'], 'Allow'],
    [['D'], 'Deny'],
    [['R'], 'Retry, or go on'],
    [['E'], 'I have seen this failure'],
  ]],
];

export function Shortcuts() {
  return (
    <div className="p-5">
      <h2 className="mb-4 text-sm font-semibold">Keyboard shortcuts</h2>
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {SECTIONS.map(([name, rows]) => (
          <section key={name} aria-label={name}>
            <h3 className="mb-2 text-xs font-medium text-soft">{name}</h3>
            <dl className="space-y-1.5 text-[13px]">
              {rows.map(([keys, what]) => (
                <div key={what} className="flex items-center justify-between gap-3"><dt>{what}</dt><dd className="flex shrink-0 gap-1">{keys.map((key) => <Key key={key}>{key}</Key>)}</dd></div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </div>
  );
}
