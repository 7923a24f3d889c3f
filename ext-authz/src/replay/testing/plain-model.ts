import * as fc from 'fast-check';

import { IDEMPOTENT_MS, type NonceClaim } from '../nonce-store.ts';

/** One claim, after a wait. */
export interface ClaimStep {
  readonly key: string;
  readonly ttlMs: number;
  readonly waitMs: number;
  readonly attempt: string | undefined;
}

/** The plainest store there is, to hold another against. */
export interface PlainModel {
  /** What a store may say: never `fresh` in a nonce's time, never `replayed` a slot after it. */
  possible(step: ClaimStep, nowMs: number): readonly NonceClaim[];
  /** A claim that the store gave. */
  given(step: ClaimStep, nowMs: number): void;
}

/** A nonce may be held so much longer than asked. */
const SLOT_MS = 1_000;

/** Steps in which keys, attempts and ends of time meet often. */
export function claimSteps(): fc.Arbitrary<ClaimStep> {
  return fc
    .record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      ttlMs: fc.integer({ min: 1, max: 5_000 }),
      waitMs: fc.integer({ min: 0, max: 3_000 }),
      attempt: fc.constantFrom(undefined, 'one', 'two'),
    })
    .map((step) => ({
      ...step,
      // Or one could not tell a repeated claim from a new one where a nonce is just over.
      attempt: step.ttlMs > IDEMPOTENT_MS ? step.attempt : undefined,
    }));
}

/** A model of a store with this bound. */
export function createPlainModel(maxEntries = Number.POSITIVE_INFINITY): PlainModel {
  const held = new Map<string, { untilMs: number; claimedMs: number; attempt: string | undefined }>();
  const countUntil = (ms: number) => [...held.values()].filter(({ untilMs }) => ms <= untilMs).length;
  return {
    possible: ({ key, attempt }, nowMs) => {
      const entry = held.get(key);
      if (entry !== undefined && nowMs <= entry.untilMs) {
        const isRecent = nowMs - entry.claimedMs <= IDEMPOTENT_MS;
        return [attempt !== undefined && isRecent && attempt === entry.attempt ? 'fresh' : 'replayed'];
      }
      if (countUntil(nowMs) >= maxEntries) return ['full', 'replayed'];
      const mayLinger = entry !== undefined && nowMs <= entry.untilMs + SLOT_MS;
      const mayBeFull = countUntil(nowMs - SLOT_MS) >= maxEntries;
      return ['fresh', ...(mayLinger ? ['replayed' as const] : []), ...(mayBeFull ? ['full' as const] : [])];
    },
    given: ({ key, ttlMs, attempt }, nowMs) => {
      const entry = held.get(key);
      if (entry !== undefined && nowMs <= entry.untilMs) return;
      held.set(key, { untilMs: nowMs + ttlMs, claimedMs: nowMs, attempt });
    },
  };
}
