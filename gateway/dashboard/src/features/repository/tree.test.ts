import { describe, expect, it } from 'vitest';
import { placed } from './tree';

const node = (id: string, ordinal: number, parentId: string | null = null) => ({ id, ordinal, parentId });
const lanes = (list: ReturnType<typeof placed>) => list.map((one) => [(one.node as { id: string }).id, one.lane, one.from]);

describe('checkpoints as a tree', () => {
  it('stay in one lane while one follows another', () => {
    expect(lanes(placed([node('b', 2, 'a'), node('a', 1), node('c', 3, 'b')]))).toEqual([['a', 0, undefined], ['b', 0, 0], ['c', 0, 1]]);
  });

  it('branch into a lane of their own after a reset', () => {
    expect(lanes(placed([node('a', 1), node('b', 2, 'a'), node('c', 3, 'a'), node('d', 4, 'c'), node('e', 5, 'b')]))).toEqual([
      ['a', 0, undefined],
      ['b', 0, 0],
      ['c', 1, 0],
      ['d', 1, 2],
      ['e', 0, 1],
    ]);
  });

  it('begin a lane where the parent is not known', () => {
    expect(lanes(placed([node('b', 2, 'gone'), node('c', 3, 'b')]))).toEqual([['b', 0, undefined], ['c', 0, 0]]);
  });
});
