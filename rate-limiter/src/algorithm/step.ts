import { bucketEndMs, stepBucket } from './bucket.ts';
import { slicesEndMs, stepConcurrency, stepSliding } from './slices.ts';
import type { BucketState, Hits, Meter, SliceState, State, Step } from './types.ts';
import { stepWindow } from './window.ts';

/** One step of a counter, pure. A state of another kind than the meter's counts as none. */
export function step(meter: Meter, before: State | undefined, hits: Hits, nowMs: number): Step {
  switch (meter.kind) {
    case 'window':
      return stepWindow(meter, typeof before === 'number' ? before : 0, hits, nowMs);
    case 'sliding':
      return stepSliding(meter.lengthMs, slicesOf(before), hits, nowMs);
    case 'bucket':
      return stepBucket(meter, bucketOf(before), hits, nowMs);
    case 'concurrency':
      return stepConcurrency(meter.holdMs, slicesOf(before), hits, nowMs);
  }
}

/** When a state may be forgotten: from then on it counts as none. Unix milliseconds. */
export function endMs(meter: Meter, state: State, limit: number): number {
  switch (meter.kind) {
    case 'window':
      return meter.endMs;
    case 'sliding':
      return endOfSlices(state, meter.lengthMs);
    case 'bucket':
      return typeof state === 'object' && 'level' in state ? bucketEndMs(state, meter, limit) : 0;
    case 'concurrency':
      return endOfSlices(state, meter.holdMs);
  }
}

function endOfSlices(state: State, lengthMs: number): number {
  return typeof state === 'object' && 'newest' in state ? slicesEndMs(state, lengthMs) : 0;
}

function slicesOf(state: State | undefined): SliceState | undefined {
  return typeof state === 'object' && 'newest' in state ? state : undefined;
}

function bucketOf(state: State | undefined): BucketState | undefined {
  return typeof state === 'object' && 'level' in state ? state : undefined;
}
