import { ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button, cx } from './kit';
import { type FilePatch, type Line, parsePatch } from './patch';
import { plainText } from './plain-text';

/** As many lines of one file as are shown before somebody asks for more. */
const MOST_LINES = 400;

const TONES: Record<Line['kind'], string> = {
  added: 'bg-good/10', removed: 'bg-bad/10', hunk: 'bg-side text-soft', note: 'text-soft italic', same: '',
};
const SIGNS: Partial<Record<Line['kind'], string>> = { added: '+', removed: '-' };

export function Counts({ added, removed }: { added: number; removed: number }) {
  return (
    <span className="shrink-0 font-mono text-xs tabular-nums">
      {added > 0 && <span className="text-good">+{added}</span>}
      {removed > 0 && <span className="ml-1.5 text-bad">−{removed}</span>}
      <span className="sr-only"> lines added and removed</span>
    </span>
  );
}

function Lines({ file }: { file: FilePatch }) {
  const [whole, setWhole] = useState(false);
  const shown = whole ? file.lines : file.lines.slice(0, MOST_LINES);
  const numbered = file.lines.some((line) => line.old || line.now);
  return (
    <>
      <div tabIndex={0} role="region" aria-label={file.path ? `Changes of ${file.path}` : 'Changes'} className="max-h-[28rem] overflow-auto font-mono text-xs leading-5">
        <div className="w-fit min-w-full">
          {shown.map((line, n) => (
            <div key={n} className={cx('flex', TONES[line.kind])}>
              {numbered && (
                <>
                  <span className="w-10 shrink-0 pr-2 text-right text-faint select-none" aria-hidden>{line.old ?? ''}</span>
                  <span className="w-10 shrink-0 pr-2 text-right text-faint select-none" aria-hidden>{line.now ?? ''}</span>
                </>
              )}
              <span className={cx('w-4 shrink-0 pl-1', line.kind === 'added' ? 'text-good' : 'text-bad')}>{SIGNS[line.kind] ?? ' '}</span>
              <span className="pr-3 whitespace-pre">{line.text || ' '}</span>
            </div>
          ))}
        </div>
      </div>
      {file.lines.length > shown.length && <Button look="quiet" className="m-1" onClick={() => setWhole(true)}>Show {(file.lines.length - shown.length).toLocaleString()} more lines</Button>}
    </>
  );
}

function File({ file, open }: { file: FilePatch; open: boolean }) {
  const [shown, setShown] = useState(open);
  if (!file.path) return <div className="overflow-hidden rounded-md border border-line py-1"><Lines file={file} /></div>;
  const slash = file.path.lastIndexOf('/') + 1;
  return (
    <div className="overflow-hidden rounded-md border border-line">
      <button type="button" aria-expanded={shown} onClick={() => setShown(!shown)} className="flex w-full items-center gap-2 bg-side px-2.5 py-1.5 text-left text-xs hover:bg-hover">
        <ChevronRight className={cx('size-3.5 shrink-0 text-soft transition-transform', shown && 'rotate-90')} aria-hidden />
        <span className="flex min-w-0 flex-1 font-mono" title={file.path}><span className="min-w-0 truncate text-soft">{file.path.slice(0, slash)}</span><span className="max-w-full shrink-0 truncate">{file.path.slice(slash)}</span></span>
        <Counts added={file.added} removed={file.removed} />
      </button>
      {shown && <div className="border-t border-line"><Lines file={file} /></div>}
    </div>
  );
}

/** A patch, file by file; of several files each opens by itself. */
export function Diff({ text }: { text: string }) {
  const files = useMemo(() => parsePatch(plainText(text)), [text]);
  return <div className="space-y-2">{files.map((file, n) => <File key={`${n}:${file.path}`} file={file} open={files.length <= 3} />)}</div>;
}
