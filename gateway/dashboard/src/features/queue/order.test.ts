import { describe, expect, it } from 'vitest';
import { moved } from './order';

describe('a place in the queue', () => {
  const list = ['a', 'b', 'c'];

  it('changes in both directions', () => {
    expect(moved(list, 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moved(list, 2, 0)).toEqual(['c', 'a', 'b']);
    expect(moved(list, 1, 1)).toEqual(list);
  });

  it('has its ends', () => {
    expect(moved(list, 0, -1)).toEqual(list);
    expect(moved(list, 1, 9)).toEqual(['a', 'c', 'b']);
    expect(moved(list, 9, 0)).toEqual(list);
  });

  it('leaves the list that was given as it is', () => {
    moved(list, 0, 2);
    expect(list).toEqual(['a', 'b', 'c']);
  });
});
