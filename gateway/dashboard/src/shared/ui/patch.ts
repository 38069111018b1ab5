export interface Line {
  kind: 'same' | 'added' | 'removed' | 'hunk' | 'note';
  text: string;
  old?: number;
  now?: number;
}

export interface FilePatch {
  path: string;
  added: number;
  removed: number;
  lines: Line[];
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** The name without the side's prefix; of a file that was deleted, the name that it had. */
const nameOf = (text: string) => text.replace(/^"|"$/g, '').replace(/^[ab]\//, '').replace(/\t.*$/, '');

/**
 * Reads a patch as git writes it, file by file. Lines before a first header belong to a file with no
 * name, so that an agent's own kind of diff is shown as well.
 */
export function parsePatch(patch: string): FilePatch[] {
  const files: FilePatch[] = [];
  let file: FilePatch | undefined;
  /** Between the line of git that begins a file and its first hunk. */
  let inHeader = false;
  let numbered = false;
  let old = 0;
  let now = 0;
  /** What the hunk still has, by its own word: what looks like a header within it is content. */
  let left = { old: 0, now: 0 };
  const begin = (path: string) => {
    file = { path, added: 0, removed: 0, lines: [] };
    files.push(file);
    numbered = false;
    left = { old: 0, now: 0 };
    return file;
  };
  const lines = patch.replace(/\n$/, '').split('\n');
  for (const [at, text] of lines.entries()) {
    const inHunk = left.old > 0 || left.now > 0;
    if (!inHunk && text.startsWith('diff --git ')) {
      begin(nameOf(/ b\/(.*)$/.exec(text)?.[1] ?? text.slice(11)));
      inHeader = true;
      continue;
    }
    const next = lines[at + 1] ?? '';
    if (!inHunk && text.startsWith('--- ') && next.startsWith('+++ ')) {
      const path = nameOf(next.startsWith('+++ /dev/null') ? text.slice(4) : next.slice(4));
      if (inHeader && file) file.path = path;
      else begin(path);
      inHeader = true;
      continue;
    }
    if (inHeader && text.startsWith('+++ ')) continue;
    const hunk = inHunk ? null : HUNK.exec(text);
    if (hunk) {
      file ??= begin('');
      old = Number(hunk[1]);
      now = Number(hunk[3]);
      left = { old: Number(hunk[2] ?? 1), now: Number(hunk[4] ?? 1) };
      numbered = true;
      inHeader = false;
      file.lines.push({ kind: 'hunk', text });
      continue;
    }
    if (inHeader) {
      // Modes and object names say nothing to a reader; that a file is binary or was renamed does.
      if (/^(Binary|rename|new file|deleted file)/.test(text)) file?.lines.push({ kind: 'note', text: text.replace(/ mode \d+$/, '') });
      continue;
    }
    file ??= begin('');
    if (text.startsWith('+')) {
      file.added++;
      left.now--;
      file.lines.push({ kind: 'added', text: text.slice(1), ...(numbered && { now: now++ }) });
    } else if (text.startsWith('-')) {
      file.removed++;
      left.old--;
      file.lines.push({ kind: 'removed', text: text.slice(1), ...(numbered && { old: old++ }) });
    } else if (text.startsWith('\\')) {
      file.lines.push({ kind: 'note', text: text.slice(2) });
    } else {
      left.old--;
      left.now--;
      file.lines.push({ kind: 'same', text: text.replace(/^ /, ''), ...(numbered && { old: old++, now: now++ }) });
    }
  }
  return files;
}
