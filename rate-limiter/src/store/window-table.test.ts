import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { createWindowTable, type Digest, type WindowTable } from './window-table.ts';

/** Each fills more than a page of its shard. */
const WAVE = 300;

function digestOf(name: number): Digest {
  // Neither the same shard nor the same place for names that follow each other.
  const word = Math.imul(name + 1, 0x9e_37_79_b1) >>> 0;
  return { words: Uint32Array.of(word, Math.imul(word, 0x85_eb_ca_6b) >>> 0, name, 7), at: 0 };
}

function addAll(table: WindowTable, names: readonly number[], endSlot: number): void {
  for (const name of names) table.add(digestOf(name), { group: name % 3, endSlot, isKept: true }, name);
}

function countsOf(table: WindowTable, names: readonly number[]): readonly (number | undefined)[] {
  return names.map((name) => {
    const place = table.find(digestOf(name));
    return place < 0 ? undefined : table.countAt(place);
  });
}

describe('createWindowTable', () => {
  test('has what was added and has not ended, whatever was laid out anew in between', () => {
    const wave = fc.record({ lasts: fc.integer({ min: 1, max: 4 }), passes: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(fc.array(wave, { maxLength: 12 }), (waves) => {
        const table = createWindowTable(10_000);
        const ends = new Map<number, number>();
        let slot = 0;
        for (const [at, { lasts, passes }] of waves.entries()) {
          const names = Array.from({ length: WAVE }, (_, index) => at * WAVE + index);
          addAll(table, names, slot + lasts);
          for (const name of names) ends.set(name, slot + lasts);
          slot += passes;
          table.setEnded(slot);
          const expected = [...ends].map(([name, end]) => (end > slot ? name : undefined));
          expect(countsOf(table, [...ends.keys()])).toEqual(expected);
          expect(listed(table)).toEqual(expected.filter((name) => name !== undefined));
        }
      }),
      { numRuns: 50 },
    );
  });

  test('keeps counts up to 2^50, their groups and their marks', () => {
    const table = createWindowTable(10);
    addAll(table, [1, 2], 9);
    const place = table.find(digestOf(1));
    table.setCount(place, 2 ** 50);
    expect([table.markChanged(place, true), table.markChanged(place, true)]).toEqual([true, false]);
    expect([table.countAt(place), table.infoAt(place)]).toEqual([
      2 ** 50,
      { group: 1, endSlot: 9, isKept: true },
    ]);
    table.setCount(place, 3);
    expect(countsOf(table, [1, 2])).toEqual([3, 2]);
    expect(table.markChanged(place, false)).toBe(true);
  });

  test('is full where numbers of sixteen bits are used up', () => {
    const table = createWindowTable(1);
    const isAdded = (name: number) =>
      table.add(digestOf(name), { group: 1, endSlot: 9, isKept: false }, name);
    let added = 0;
    while (isAdded(added)) added += 1;
    expect(added).toBe(65_280);
    expect(countsOf(table, [0, added - 1, added])).toEqual([0, added - 1, undefined]);
  });
});

function listed(table: WindowTable): readonly number[] {
  const found: number[] = [];
  for (let shard = 0; shard < table.shards; shard += 1) {
    table.eachOf(shard, (digest, place) => {
      expect(table.find(digest)).toBe(place);
      found.push(table.countAt(place));
    });
  }
  return found.toSorted((a, b) => a - b);
}
