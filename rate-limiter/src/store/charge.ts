import { type Reading, type State, step } from '../algorithm/index.ts';
import { isCallDenied } from './denial.ts';
import type { Take } from './types.ts';

/** What a call does to one counter; `state` undefined: nothing. */
export interface Charge {
  readonly reading: Reading;
  readonly state: State | undefined;
}

/** Finds what is known of the counter of a take, the `index`th of its call. */
export type ReadState = (take: Take, index: number) => State | undefined;

/** Tells counters apart as stores do. */
export function counterName({ key, meter }: Take): string {
  return meter.kind === 'window' ? `${key}${meter.startMs / 1_000}` : key;
}

/**
 * Decides a whole call, pure: what each take reads, and what its counter is afterwards. Where the call is denied
 * the spared takes are left out of a second round. A take that was over, or had no hits, keeps what it read at
 * first; the others read what is left then, and are not over.
 */
export function chargeCall(takes: readonly Take[], read: ReadState, nowMs: number): readonly Charge[] {
  const [only] = takes;
  if (only !== undefined && takes.length === 1) return [chargeOne(only, read(only, 0), nowMs)];
  const asked = chargeInOrder(takes, read, nowMs);
  const isDenied = isCallDenied(takes, (index) => asked[index]?.reading.isOver === true);
  if (!isDenied || !takes.some(isLeftOut)) return asked;
  const charged = chargeInOrder(takes.map(withoutHits), read, nowMs);
  return charged.map((charge, index) => {
    const before = asked[index] ?? charge;
    const isRead = before.reading.isOver || takes[index]?.hits === 0;
    return isRead ? { reading: before.reading, state: charge.state } : notOver(charge);
  });
}

function chargeInOrder(takes: readonly Take[], read: ReadState, nowMs: number): readonly Charge[] {
  const seen = new Map<string, State>();
  return takes.map((take, index) => {
    const name = counterName(take);
    const charge = chargeOne(take, seen.get(name) ?? read(take, index), nowMs);
    if (charge.state !== undefined) seen.set(name, charge.state);
    return charge;
  });
}

function chargeOne(take: Take, before: State | undefined, nowMs: number): Charge {
  const { state, reading } = step(take.meter, before, take, nowMs);
  const isCharged = take.hits !== 0 && !(isLeftOut(take) && reading.isOver);
  return { reading, state: isCharged ? state : undefined };
}

function isLeftOut({ isSpared, hits }: Take): boolean {
  return isSpared && hits > 0;
}

function withoutHits(take: Take): Take {
  return isLeftOut(take) ? { ...take, hits: 0 } : take;
}

/** This limit let the request pass; another one did not. */
function notOver({ reading, state }: Charge): Charge {
  return { state, reading: { ...reading, isOver: false } };
}
