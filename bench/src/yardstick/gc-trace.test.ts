import { describe, expect, test } from '@jest/globals';

import { describeCollections, parseCollection } from './gc-trace.ts';

const SCAVENGE =
  '[10:0x1]  812 ms: Scavenge 8.0 (12.0) -> 6.0 (12.5) MB, 1.92 / 0.00 ms  (average mu = 0.991, current mu = 0.986) allocation failure; ';
const FULL =
  '[10:0x1]  900 ms: Mark-Compact (reduce) 10.0 (13.0) -> 5.0 (12.5) MB, 4.50 / 0.01 ms  (+ 2.0 ms in 3 steps) (average mu = 0.9, current mu = 0.9) finalize';

describe('parseCollection', () => {
  test.each([
    [SCAVENGE, false, 8, 6, 1.92],
    [FULL, true, 10, 5, 4.5],
  ])('reads what V8 prints', (line, isFull, before, after, pauseMs) => {
    const mib = 1_048_576;
    expect(parseCollection(line)).toEqual({
      isFull,
      beforeBytes: before * mib,
      afterBytes: after * mib,
      pauseMs,
    });
  });

  test('is nothing for a line of the log', () => {
    expect(parseCollection('{"msg":"ready"}')).toBeUndefined();
  });
});

test('describeCollections counts what was allocated between two', () => {
  const collections = [SCAVENGE, FULL].map(parseCollection).filter((one) => one !== undefined);
  expect(describeCollections(collections, 1_000)).toBe(
    '4.2 kB of the heap a call; 2 collections (1 of all the heap), 6 ms together, the longest 4.5 ms',
  );
});
