import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { NonceStore } from './nonce-store.ts';

export interface StoreUnderTest {
  readonly store: NonceStore;
  /** Lets so much time pass for the store. */
  pass(ms: number): Promise<void>;
}

/** The cases that every nonce store passes. */
export function nonceStoreContract(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a nonce store`, () => {
    let under: StoreUnderTest;

    beforeEach(async () => {
      under = await create();
    });

    afterEach(() => under.store.close());

    test('a key is fresh once', async () => {
      expect(await under.store.claim('a', 1_000)).toBe('fresh');
      expect(await under.store.claim('a', 1_000)).toBe('replayed');
      expect(await under.store.claim('a', 1_000)).toBe('replayed');
    });

    test('keys that differ by one byte are different', async () => {
      for (const key of ['', 'a', 'A', 'a ', 'a\0', 'ä', 'a'.repeat(500)]) {
        expect(await under.store.claim(key, 1_000)).toBe('fresh');
      }
    });

    test('of 100 claims at once exactly one is fresh', async () => {
      const claims = await Promise.all(Array.from({ length: 100 }, () => under.store.claim('b', 1_000)));
      expect(claims.filter((claim) => claim === 'fresh')).toHaveLength(1);
      expect(claims.filter((claim) => claim === 'replayed')).toHaveLength(99);
    });

    test('a key is remembered for its whole time and free some time after', async () => {
      await under.store.claim('c', 1_000);
      await under.pass(500);
      expect(await under.store.claim('c', 1_000)).toBe('replayed');
      await under.pass(1_600);
      expect(await under.store.claim('c', 1_000)).toBe('fresh');
    });

    test('a replay does not lengthen the time', async () => {
      await under.store.claim('d', 500);
      await under.pass(400);
      await under.store.claim('d', 60_000);
      await under.pass(1_200);
      expect(await under.store.claim('d', 500)).toBe('fresh');
    });

    test('the same attempt may claim its key again, for two seconds', async () => {
      expect(await under.store.claim('g', 60_000, 'attempt 1')).toBe('fresh');
      expect(await under.store.claim('g', 60_000, 'attempt 1')).toBe('fresh');
      await under.pass(1_000);
      expect(await under.store.claim('g', 60_000, 'attempt 1')).toBe('fresh');
      // The two seconds are those after the first claim.
      await under.pass(1_100);
      expect(await under.store.claim('g', 60_000, 'attempt 1')).toBe('replayed');
    });

    test('another attempt, or none, may not claim a key that is held', async () => {
      expect(await under.store.claim('h', 60_000, 'attempt 1')).toBe('fresh');
      expect(await under.store.claim('h', 60_000, 'attempt 2')).toBe('replayed');
      expect(await under.store.claim('h', 60_000, '')).toBe('replayed');
      expect(await under.store.claim('h', 60_000)).toBe('replayed');
      expect(await under.store.claim('h', 60_000, 'attempt 1')).toBe('fresh');
    });

    test('a key that was claimed without an attempt is held against every attempt', async () => {
      expect(await under.store.claim('i', 60_000)).toBe('fresh');
      expect(await under.store.claim('i', 60_000, 'attempt 1')).toBe('replayed');
      expect(await under.store.claim('i', 60_000)).toBe('replayed');
    });

    test('an attempt that asks with another time is the same attempt', async () => {
      expect(await under.store.claim('j', 60_000, 'attempt 1')).toBe('fresh');
      expect(await under.store.claim('j', 300_000, 'attempt 1')).toBe('fresh');
      expect(await under.store.claim('j', 500, 'attempt 1')).toBe('fresh');
    });

    test('an attempt that claims again does not lengthen the time', async () => {
      expect(await under.store.claim('k', 500, 'attempt 1')).toBe('fresh');
      expect(await under.store.claim('k', 60_000, 'attempt 1')).toBe('fresh');
      await under.pass(1_600);
      expect(await under.store.claim('k', 500, 'attempt 2')).toBe('fresh');
    });

    test('a time of a fraction of a millisecond is taken', async () => {
      expect(await under.store.claim('e', 500.5)).toBe('fresh');
    });

    test('a closed store is unavailable', async () => {
      await under.store.close();
      expect(await under.store.claim('f', 1_000)).toBe('unavailable');
    });
  });
}
