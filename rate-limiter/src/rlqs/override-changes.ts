import type { Clock } from '@paymesh/common/clock';

import type { OverrideIndex } from '../overrides/index.ts';

/** Tells whether other overrides hold than when it was last asked: some were put or removed, or one has ended. */
export function createOverrideChanges(overrides: () => OverrideIndex, clock: Clock): () => boolean {
  let known = overrides();
  let nextEndMs = firstEnd(known, clock.now());
  return () => {
    const nowMs = clock.now();
    const current = overrides();
    if (current === known && nowMs < nextEndMs) return false;
    known = current;
    nextEndMs = firstEnd(current, nowMs);
    return true;
  };
}

/** Unix milliseconds; infinite where none of them ends. */
function firstEnd({ all }: OverrideIndex, nowMs: number): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { untilMs = Number.POSITIVE_INFINITY } of all) {
    if (untilMs > nowMs && untilMs < first) first = untilMs;
  }
  return first;
}
