import type { Reading } from '../algorithm/index.ts';
import { isCallDenied } from './denial.ts';
import { growWant, isDenied, type Lease, type LocalCounter } from './local-counter.ts';
import type { Take } from './types.ts';

/** A take of a window counter, and what is known of that. */
export interface LocalTake {
  readonly take: Take;
  readonly counter: LocalCounter;
}

/**
 * Decides a call by what this replica knows, as `chargeCall` would: undefined unless each of its takes is denied
 * for sure, or has a lease that holds its hits. The takes are of different counters.
 */
export function answerLocally(locals: readonly LocalTake[], nowMs: number): readonly Reading[] | undefined {
  const denials = locals.map(({ counter, take }) => isDenied(counter, take, nowMs));
  if (!locals.every((local, index) => denials[index] === true || leaseFor(local) !== undefined))
    return undefined;
  const isAllDenied = isCallDenied(
    locals.map(({ take }) => take),
    (index) => denials[index] === true,
  );
  return locals.map((local, index) => {
    const { take } = local;
    const lease = denials[index] === true ? undefined : leaseFor(local);
    const resetMs = take.meter.kind === 'window' ? Math.max(0, take.meter.endMs - nowMs) : 0;
    if (lease === undefined) return { isOver: true, remaining: 0, resetMs };
    if (!(isAllDenied && take.isSpared)) spend(local.counter, lease, take.hits);
    return { isOver: false, remaining: lease.remaining + lease.left + take.limit - lease.limit, resetMs };
  });
}

/** The lease that holds the hits of a take. */
export function leaseFor({ take, counter }: LocalTake): Lease | undefined {
  const { lease } = counter;
  if (lease === undefined || take.hits <= 0 || take.hits > lease.left || take.limit < lease.limit)
    return undefined;
  return lease;
}

function spend(counter: LocalCounter, lease: Lease, hits: number): void {
  lease.left -= hits;
  if (lease.left > 0) return;
  lease.cancel();
  counter.lease = undefined;
  growWant(counter);
}
