import { expect, it } from 'vitest';
import { best, score } from './match';

const of = (list: string[], typed: string) => best(list, typed, (name) => name, 10);

it('prefers beginnings to words, words to parts, parts to scattered letters', () => {
  expect(of(['s-p-x-x-x: shopping', 'a shop', 'workshop', 'shop floor', 'shop', 'sxhxoxp'], 'shop')).toEqual(['shop', 'shop floor', 's-p-x-x-x: shopping', 'a shop', 'workshop', 'sxhxoxp']);
});

it('leaves out what does not answer, and keeps the order of equals', () => {
  expect(of(['Go to Threads', 'Go to Home', 'Sign out'], 'go to')).toEqual(['Go to Threads', 'Go to Home']);
  expect(of(['Go to Threads'], 'zzz')).toEqual([]);
  expect(of(['b', 'a'], '')).toEqual(['b', 'a']);
});

it('takes what people type as text', () => {
  expect(score('a.b*', '.b*')).toBeGreaterThan(1);
  expect(score('anything', '(')).toBeNull();
});
