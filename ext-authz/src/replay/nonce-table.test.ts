import { describe, expect, test } from '@jest/globals';

import { createNonceTable } from './nonce-table.ts';

function entry(number: number, expirySlot: number) {
  return { digest: Uint32Array.of(0, 0, 0, number), expirySlot, attempt: [1, 2] as const, claimedMs: 3 };
}

describe('createNonceTable', () => {
  test('gives back what was added, until its slot is over', () => {
    const table = createNonceTable(10);
    expect(table.add(entry(1, 5), 1)).toBe(true);
    expect(table.find(Uint32Array.of(0, 0, 0, 1), 5)).toEqual(entry(1, 5));
    expect(table.find(Uint32Array.of(0, 0, 0, 1), 6)).toBeUndefined();
    expect(table.find(Uint32Array.of(0, 0, 0, 2), 5)).toBeUndefined();
    expect(table.find(Uint32Array.of(1, 0, 0, 1), 5)).toBeUndefined();
  });

  test('keeps entries that begin at one cell apart, also across the end of the cells', () => {
    const table = createNonceTable(10);
    const last = 0xff_ff_ff_ff;
    for (let number = 0; number < 8; number += 1) {
      expect(table.add({ ...entry(0, 5), digest: Uint32Array.of(0, last, 0, number) }, 1)).toBe(true);
    }
    for (let number = 0; number < 8; number += 1) {
      expect(table.find(Uint32Array.of(0, last, 0, number), 1)?.digest[3]).toBe(number);
    }
    expect(table.find(Uint32Array.of(0, last, 0, 8), 1)).toBeUndefined();
  });

  test('refuses what has no cell, and takes it where others are over', () => {
    const table = createNonceTable(1);
    const taken = Array.from({ length: 20 }, (_, number) => table.add(entry(number, number < 3 ? 1 : 9), 1));
    // 16 cells, of which one stays empty.
    expect(taken.filter(Boolean)).toHaveLength(15);
    expect(table.add(entry(20, 9), 1)).toBe(false);
    expect(table.add(entry(20, 9), 2)).toBe(true);
    for (const number of [3, 14, 20]) expect(table.find(entry(number, 9).digest, 2)).toBeDefined();
    expect(table.find(entry(0, 1).digest, 2)).toBeUndefined();
  });
});
