import { describe, expect, test } from '@jest/globals';
import { createFakeClock } from '@paymesh/common/testing';
import * as fc from 'fast-check';

import { createEmbeddedStore } from './embedded-store.ts';
import { nonceStoreContract } from './nonce-store.contract.ts';
import { claimSteps, createPlainModel } from './testing/plain-model.ts';

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
    const bound = fc.constantFrom(1, 2, 3, 100);
    await fc.assert(
      fc.asyncProperty(fc.array(claimSteps(), { maxLength: 60 }), bound, async (steps, maxEntries) => {
        const clock = createFakeClock(0);
        const store = createEmbeddedStore({ maxEntries, clock });
        const model = createPlainModel(maxEntries);
        for (const step of steps) {
          clock.advance(step.waitMs);
          const claim = await store.claim(step.key, step.ttlMs, step.attempt);
          expect(model.possible(step, clock.now())).toContain(claim);
          if (claim === 'fresh') model.given(step, clock.now());
        }
      }),
      { numRuns: 500 },
    );
  });

  test('holds a hundred thousand that come and go, each for its time', async () => {
    const clock = createFakeClock(0);
    const store = createEmbeddedStore({ clock });
    let wrong = 0;
    for (let index = 0; index < 100_000; index += 1) {
      if (index % 10 === 0) clock.advance(1);
      if ((await store.claim(`k${index}`, 2_000)) !== 'fresh') wrong += 1;
      // One of 1.9 seconds before.
      if (index < 19_000 || index % 7 > 0) continue;
      if ((await store.claim(`k${index - 19_000}`, 2_000)) !== 'replayed') wrong += 1;
    }
    expect(wrong).toBe(0);
    expect(store.size()).toBeLessThanOrEqual(30_000);
    clock.advance(3_001);
    expect(store.size()).toBe(0);
    expect(await store.claim('k99999', 2_000)).toBe('fresh');
  });
});
