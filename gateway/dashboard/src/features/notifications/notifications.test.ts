import { expect, it } from 'vitest';
import type { Approval } from '@/shared/api/queries';
import { fresh } from './notifications';

const list = (...ids: string[]) => ids.map((id) => ({ id }) as Approval);

it('tells what is new, not what was there when the page was opened', () => {
  expect(fresh(null, list('a'))).toEqual([]);
  expect(fresh(new Set(['a']), list('a', 'b')).map((one) => one.id)).toEqual(['b']);
  expect(fresh(new Set(), list('a'))).toHaveLength(1);
});
