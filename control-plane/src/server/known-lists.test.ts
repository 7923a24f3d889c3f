import { expect, test } from '@jest/globals';

import { createKnownLists } from './known-lists.ts';

test('createKnownLists forgets the list that was sent longest ago', () => {
  const known = createKnownLists(2);
  const [a, b, c] = [new Map(), new Map(), new Map()];
  known.remember('a', a);
  known.remember('b', b);
  known.remember('a', a);
  known.remember('c', c);
  expect([known.find('a'), known.find('b'), known.find('c')]).toEqual([a, undefined, c]);
});
