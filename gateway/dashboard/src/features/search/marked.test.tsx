import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Marked, pieces } from './marked';

it('marks what was found', () => {
  expect(pieces({ text: 'make the test pass', marks: [{ from: 9, to: 13 }, { from: 0, to: 4 }] })).toEqual([
    { text: 'make', marked: true },
    { text: ' the ', marked: false },
    { text: 'test', marked: true },
    { text: ' pass', marked: false },
  ]);
});

it('loses no text to marks that are wrong', () => {
  const text = 'short';
  const joined = (marks: { from: number; to: number }[]) => pieces({ text, marks }).map((piece) => piece.text).join('');
  expect(joined([{ from: 3, to: 99 }])).toBe(text);
  expect(joined([{ from: 0, to: 3 }, { from: 1, to: 2 }])).toBe(text);
  expect(joined([{ from: 4, to: 2 }])).toBe(text);
});

it('shows markup as what it is', () => {
  const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script> \u202Eright to left';
  const { container } = render(<Marked snippet={{ text: hostile, marks: [{ from: 0, to: 4 }] }} />);
  expect(container.textContent).toBe(hostile);
  expect(container.querySelector('img, script')).toBeNull();
  expect(container.querySelector('bdi')).not.toBeNull();
});
