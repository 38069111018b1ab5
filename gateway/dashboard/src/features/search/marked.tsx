import type { Schemas } from '@/shared/api/client';

/** Text with the places that were found. Marks that are wrong mark nothing. */
export function pieces({ text, marks }: Schemas['Snippet']): { text: string; marked: boolean }[] {
  const made: { text: string; marked: boolean }[] = [];
  let from = 0;
  for (const mark of [...marks].sort((a, b) => a.from - b.from)) {
    if (mark.from < from || mark.to <= mark.from || mark.to > text.length) continue;
    if (mark.from > from) made.push({ text: text.slice(from, mark.from), marked: false });
    made.push({ text: text.slice(mark.from, mark.to), marked: true });
    from = mark.to;
  }
  if (from < text.length) made.push({ text: text.slice(from), marked: false });
  return made;
}

/** What was found, as text: nothing in it is ever markup. */
export function Marked({ snippet }: { snippet: Schemas['Snippet'] }) {
  return (
    <bdi>
      {pieces(snippet).map((piece, n) => (piece.marked ? <mark key={n} className="rounded-sm bg-warn/25 text-ink">{piece.text}</mark> : <span key={n}>{piece.text}</span>))}
    </bdi>
  );
}
