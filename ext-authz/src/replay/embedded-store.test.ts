import { describe, expect, test } from '@jest/globals';
import { createFakeClock } from '@paymesh/common/testing';
import * as fc from 'fast-check';

import { createEmbeddedStore } from './embedded-store.ts';
import { nonceStoreContract } from './nonce-store.contract.ts';
import type { NonceClaim } from './nonce-store.ts';

nonceStoreContract('the embedded store', async () => {
  const clock = createFakeClock(0);
  return { store: createEmbeddedStore({ clock }), pass: async (ms) => clock.advance(ms) };
});

describe('the embedded store', () => {
  test('when full refuses new keys, keeps the old, and takes new ones as they expire', async () => {
    const clock = createFakeClock(0);
    const store = createEmbeddedStore({ maxEntries: 2, clock });
    await store.claim('a', 1_000);
    await store.claim('b', 10_000);
    expect(await store.claim('c', 1_000)).toBe('full');
    expect(await store.claim('a', 1_000)).toBe('replayed');
    clock.advance(2_001);
    expect(store.size()).toBe(1);
    expect(await store.claim('c', 1_000)).toBe('fresh');
    expect(await store.claim('b', 1_000)).toBe('replayed');
  });

  test('gives back all memory after a long silence', async () => {
    const clock = createFakeClock(0);
    const store = createEmbeddedStore({ clock });
    for (let index = 0; index < 1_000; index += 1) await store.claim(`k${index}`, 300_000);
    expect(store.size()).toBe(1_000);
    clock.advance(86_400_000);
    expect(store.size()).toBe(0);
  });

  test('forgets nothing when its clock steps back', async () => {
    const clock = createFakeClock(1_000_000);
    const store = createEmbeddedStore({ clock });
    await store.claim('a', 5_000);
    clock.advance(-900_000);
    expect(await store.claim('a', 5_000)).toBe('replayed');
  });

  test('agrees with a plain model for any order of claims and time', async () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      ttlMs: fc.integer({ min: 1, max: 5_000 }),
      waitMs: fc.integer({ min: 0, max: 3_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = createFakeClock(0);
        const store = createEmbeddedStore({ clock });
        const untilMs = new Map<string, number>();
        for (const { key, ttlMs, waitMs } of steps) {
          clock.advance(waitMs);
          const claim = await store.claim(key, ttlMs);
          expect(possibleClaims(clock.now(), untilMs.get(key) ?? Number.NEGATIVE_INFINITY)).toContain(claim);
          if (claim === 'fresh') untilMs.set(key, clock.now() + ttlMs);
        }
      }),
    );
  });
});

/** Never forgotten early; kept at most one bucket longer. */
function possibleClaims(nowMs: number, untilMs: number): readonly NonceClaim[] {
  if (nowMs <= untilMs) return ['replayed'];
  return nowMs > untilMs + 1_000 ? ['fresh'] : ['fresh', 'replayed'];
}
