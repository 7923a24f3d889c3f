import { describe, expect, test } from '@jest/globals';
import { createFakeClock } from '@paymesh/common/testing';

import { createEmbeddedStore } from './embedded-store.ts';
import { createFallbackStore, createStoreChoice } from './fallback-store.ts';
import { nonceStoreContract } from './nonce-store.contract.ts';
import type { NonceClaim, NonceStore } from './nonce-store.ts';

/** A shared store that can be taken away. */
function build() {
  const clock = createFakeClock(0);
  const shared = createEmbeddedStore({ clock });
  let isUp = true;
  const primary: NonceStore = {
    claim: async (...claim) => (isUp ? shared.claim(...claim) : 'unavailable'),
    close: () => shared.close(),
  };
  const decidedLocally: NonceClaim[] = [];
  const options = {
    primary,
    local: createEmbeddedStore({ clock, maxEntries: 3 }),
    onLocal: (claim: NonceClaim) => decidedLocally.push(claim),
  };
  return {
    options,
    clock,
    shared,
    decidedLocally,
    setUp: (value: boolean) => {
      isUp = value;
    },
  };
}

for (const isUp of [true, false]) {
  nonceStoreContract(`the fallback store with its primary ${isUp ? 'up' : 'down'}`, async () => {
    const { options, clock, setUp } = build();
    setUp(isUp);
    const local = createEmbeddedStore({ clock });
    const store = createFallbackStore({ ...options, local });
    return { store, pass: async (ms) => clock.advance(ms) };
  });
}

describe('createFallbackStore', () => {
  test('the primary decides while it is there', async () => {
    const { options, shared, decidedLocally } = build();
    const store = createFallbackStore(options);
    await shared.claim('used elsewhere', 1_000);
    expect(await store.claim('used elsewhere', 1_000)).toBe('replayed');
    expect(await store.claim('a', 1_000)).toBe('fresh');
    expect(decidedLocally).toEqual([]);
  });

  test('what was allowed before an outage is refused in it', async () => {
    const { options, setUp, decidedLocally } = build();
    const store = createFallbackStore(options);
    expect(await store.claim('a', 10_000)).toBe('fresh');
    setUp(false);
    expect(await store.claim('a', 10_000)).toBe('replayed');
    expect(await store.claim('b', 10_000)).toBe('fresh');
    expect(await store.claim('b', 10_000)).toBe('replayed');
    expect(decidedLocally).toEqual(['replayed', 'fresh', 'replayed']);
  });

  test('what was allowed in an outage is refused after it', async () => {
    const { options, setUp } = build();
    const store = createFallbackStore(options);
    setUp(false);
    expect(await store.claim('a', 10_000)).toBe('fresh');
    setUp(true);
    expect(await store.claim('a', 10_000)).toBe('replayed');
  });

  test('an attempt is the same on both sides of an outage', async () => {
    const { options, setUp } = build();
    const store = createFallbackStore(options);
    expect(await store.claim('a', 10_000, 'attempt')).toBe('fresh');
    setUp(false);
    expect(await store.claim('a', 10_000, 'attempt')).toBe('fresh');
    setUp(true);
    expect(await store.claim('a', 10_000, 'attempt')).toBe('fresh');
  });

  test('a full local store refuses in an outage, and does not disturb without one', async () => {
    const { options, setUp } = build();
    const store = createFallbackStore(options);
    for (const key of ['a', 'b', 'c', 'd']) expect(await store.claim(key, 10_000)).toBe('fresh');
    setUp(false);
    expect(await store.claim('e', 10_000)).toBe('full');
  });
});

describe('createStoreChoice', () => {
  test('Deny is unavailable in an outage, Local goes on', async () => {
    const { options, setUp, decidedLocally } = build();
    const storeFor = createStoreChoice(options);
    setUp(false);
    expect(await storeFor('Deny').claim('a', 1_000)).toBe('unavailable');
    expect(await storeFor('Local').claim('a', 1_000)).toBe('fresh');
    expect(decidedLocally).toEqual(['fresh']);
  });
});
