import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { createTopSketch } from './space-saving.ts';

/** Few keys come often, many once: a stream as limits see it. */
const streams = fc.array(
  fc.tuple(
    fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 6, max: 1_000 })),
    fc.integer({ min: 1, max: 9 }),
  ),
  { maxLength: 500 },
);

function sums(stream: readonly (readonly [number, number])[]): ReadonlyMap<string, number> {
  const truth = new Map<string, number>();
  for (const [key, weight] of stream) truth.set(String(key), (truth.get(String(key)) ?? 0) + weight);
  return truth;
}

describe('createTopSketch', () => {
  test('never counts too little, and too much by no more than it says', () => {
    fc.assert(
      fc.property(streams, fc.integer({ min: 1, max: 20 }), (stream, capacity) => {
        const sketch = createTopSketch<number>(capacity);
        for (const [key, weight] of stream) sketch.add(String(key), weight, () => key);
        const truth = sums(stream);
        const total = stream.reduce((sum, [, weight]) => sum + weight, 0);
        const list = sketch.list();
        expect(list.length).toBe(Math.min(capacity, truth.size));
        for (const { key, count, error } of list) {
          expect(count).toBeGreaterThanOrEqual(truth.get(key) ?? 0);
          expect(count - error).toBeLessThanOrEqual(truth.get(key) ?? 0);
        }
        const listed = new Set(list.map(({ key }) => key));
        for (const [key, count] of truth) if (count > total / capacity) expect(listed).toContain(key);
      }),
      { numRuns: 500 },
    );
  });

  test('is exact while all keys fit, the largest first', () => {
    const sketch = createTopSketch<string>(3);
    for (const key of ['a', 'b', 'b', 'c', 'c', 'c']) sketch.add(key, 1, () => key.toUpperCase());
    expect(sketch.list()).toEqual([
      { key: 'c', count: 3, error: 0, value: 'C' },
      { key: 'b', count: 2, error: 0, value: 'B' },
      { key: 'a', count: 1, error: 0, value: 'A' },
    ]);
  });
});
