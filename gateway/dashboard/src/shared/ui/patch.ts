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

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** The name without the side's prefix; of a file that was deleted, the name that it had. */
const nameOf = (text: string) => text.replace(/^"|"$/g, '').replace(/^[ab]\//, '').replace(/\t.*$/, '');

/**
 * Reads a patch as git writes it, file by file. Lines before a first header belong to a file with no
 * name, so that an agent's own kind of diff is shown as well.
 */
export function parsePatch(patch: string): FilePatch[] {
  const files: FilePatch[] = [];
  let file: FilePatch | undefined;
  let inHunk = false;
  let old = 0;
  let now = 0;
  const begin = (path: string) => {
    file = { path, added: 0, removed: 0, lines: [] };
    files.push(file);
    inHunk = false;
    return file;
  };
  const lines = patch.replace(/\n$/, '').split('\n');
  lines.forEach((text, at) => {
    if (text.startsWith('diff --git ')) {
      begin(nameOf(/ b\/(.*)$/.exec(text)?.[1] ?? text.slice(11)));
      return;
    }
    if (text.startsWith('--- ') && (lines[at + 1] ?? '').startsWith('+++ ')) {
      const next = (lines[at + 1] ?? '').slice(4);
      const path = nameOf(next.startsWith('/dev/null') ? text.slice(4) : next);
      if (!file || file.lines.length > 0) begin(path);
      else file.path = path;
      inHunk = false;
      return;
    }
    if (text.startsWith('+++ ') && (lines[at - 1] ?? '').startsWith('--- ')) return;
    const hunk = HUNK.exec(text);
    if (hunk) {
      file ??= begin('');
      old = Number(hunk[1]);
      now = Number(hunk[2]);
      inHunk = true;
      file.lines.push({ kind: 'hunk', text });
      return;
    }
    if (file && !inHunk && file.path) {
      // Modes and object names say nothing to a reader; that a file is binary or was renamed does.
      if (/^(Binary|rename|new file|deleted file)/.test(text)) file.lines.push({ kind: 'note', text });
      return;
    }
    file ??= begin('');
    if (text.startsWith('+')) {
      file.added++;
      file.lines.push({ kind: 'added', text: text.slice(1), ...(inHunk && { now: now++ }) });
    } else if (text.startsWith('-')) {
      file.removed++;
      file.lines.push({ kind: 'removed', text: text.slice(1), ...(inHunk && { old: old++ }) });
    } else if (text.startsWith('\\')) {
      file.lines.push({ kind: 'note', text: text.slice(2) });
    } else {
      file.lines.push({ kind: 'same', text: text.replace(/^ /, ''), ...(inHunk && { old: old++, now: now++ }) });
    }
  });
  return files;
}
