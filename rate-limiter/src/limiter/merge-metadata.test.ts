import { expect, test } from '@jest/globals';

import { mergeMetadata } from './merge-metadata.ts';

test.each([
  [undefined, { a: 1 }, { a: 1 }],
  [{ a: 1 }, { a: 2, b: 3 }, { a: 1, b: 3 }],
  [{ a: { x: 1 } }, { a: { x: 2, y: 3 } }, { a: { x: 1, y: 3 } }],
  [{ a: { x: 1 } }, { a: [2] }, { a: { x: 1 } }],
  [{ a: [1] }, { a: [2] }, { a: [1] }],
  [{ a: null }, { a: { x: 1 } }, { a: null }],
])('%j and %j are %j', (first, second, merged) => {
  expect(mergeMetadata(first, second)).toEqual(merged);
});
