import type { Meter } from './types.ts';

/** How long what is counted now may matter, in milliseconds: of a bucket, the time in which its limit fills it. */
export function lengthMs(meter: Meter): number {
  switch (meter.kind) {
    case 'window':
      return meter.endMs - meter.startMs;
    case 'sliding':
      return meter.lengthMs;
    case 'bucket':
      return meter.periodMs;
    case 'concurrency':
      return meter.holdMs;
  }
}
