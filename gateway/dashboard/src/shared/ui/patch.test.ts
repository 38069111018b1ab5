import { describe, expect, it } from 'vitest';
import { parsePatch } from './patch';

const PATCH = `diff --git a/src/one.ts b/src/one.ts
index 1111111..2222222 100644
--- a/src/one.ts
+++ b/src/one.ts
@@ -3,4 +3,4 @@ function one() {
 same
-old
--- no header
+++ nor this
+new
 last
diff --git a/gone.md b/gone.md
deleted file mode 100644
--- a/gone.md
+++ /dev/null
@@ -1 +0,0 @@
-all of it
\\ No newline at end of file
diff --git a/logo.png b/logo.png
Binary files a/logo.png and b/logo.png differ
`;

describe('a patch', () => {
  it('is read file by file, with what was added and removed', () => {
    expect(parsePatch(PATCH).map(({ path, added, removed }) => [path, added, removed])).toEqual([
      ['src/one.ts', 2, 2],
      ['gone.md', 0, 1],
      ['logo.png', 0, 0],
    ]);
  });

  it('numbers its lines on both sides', () => {
    expect(parsePatch(PATCH)[0]?.lines.slice(1)).toEqual([
      { kind: 'same', text: 'same', old: 3, now: 3 },
      { kind: 'removed', text: 'old', old: 4 },
      { kind: 'removed', text: '-- no header', old: 5 },
      { kind: 'added', text: '++ nor this', now: 4 },
      { kind: 'added', text: 'new', now: 5 },
      { kind: 'same', text: 'last', old: 6, now: 6 },
    ]);
  });

  it('tells of a binary file and of a missing newline', () => {
    const [, gone, logo] = parsePatch(PATCH);
    expect(gone?.lines.at(-1)).toEqual({ kind: 'note', text: 'No newline at end of file' });
    expect(logo?.lines).toEqual([{ kind: 'note', text: 'Binary files a/logo.png and b/logo.png differ' }]);
  });

  it('needs no headers', () => {
    expect(parsePatch('-one\n+two\n three')).toEqual([
      { path: '', added: 1, removed: 1, lines: [{ kind: 'removed', text: 'one' }, { kind: 'added', text: 'two' }, { kind: 'same', text: 'three' }] },
    ]);
  });

  it('of two files without a line of git is two files', () => {
    expect(parsePatch('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-c\n+d').map((one) => one.path)).toEqual(['x', 'y']);
  });
});
