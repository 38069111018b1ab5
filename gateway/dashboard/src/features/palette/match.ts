/**
 * How well a name answers what was typed: higher is better, null is not at all. A beginning counts more than a
 * beginning of a word, that more than a part, and that more than the letters in their order.
 */
export function score(name: string, typed: string): number | null {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return 0;
  const text = name.toLowerCase();
  if (text === wanted) return 5;
  const at = text.indexOf(wanted);
  if (at === 0) return 4;
  if (at > 0) return /[\s/_.:-]/.test(text[at - 1] as string) ? 3 : 2;
  let from = 0;
  for (const letter of wanted.replaceAll(' ', '')) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return null;
  }
  // Scattered letters of a long text mean nothing.
  return wanted.length >= 2 && text.length <= 60 ? 1 : null;
}

/** The best of a list, in the order in which they were given where they are alike. */
export function best<T>(list: readonly T[], typed: string, name: (one: T) => string, most: number): T[] {
  return list
    .map((one, n) => ({ one, n, score: score(name(one), typed) }))
    .filter((found) => found.score !== null)
    .sort((a, b) => (b.score as number) - (a.score as number) || a.n - b.n)
    .slice(0, most)
    .map((found) => found.one);
}
