import { lengthMs, MAX_COUNT, type Meter, type Reading, type State, step } from '../algorithm/index.ts';
import type { Call } from './batch.ts';
import { counterName } from './charge.ts';
import { isCallDenied } from './denial.ts';
import type { Take } from './types.ts';

/** What the script of `redis-script.ts` is given: one key for each take, and one JSON array of numbers. */
export interface ScriptInput {
  readonly keys: readonly string[];
  readonly numbers: readonly number[];
}

/** A counter outlives its window by up to this part of it, so that not all expire at once. */
const JITTER_RATIO = 0.1;
const MAX_JITTER_MS = 30_000;
/** Other states outlive their end by so much, so that a replica whose clock is behind still finds them. */
const GRACE_MS = 1_000;
/** Above every count. */
const NO_LIMIT = MAX_COUNT * 8;
const KINDS = { window: 0, sliding: 1, bucket: 2, concurrency: 3 } as const satisfies Record<
  Meter['kind'],
  number
>;

/**
 * Writes calls for the script. Windows that do not depend on other takes of their call become runs, which cost the
 * script one command each: `COUNT (hits ttl most)*`. Other calls are `-COUNT nowMs (kind flags hits limit lengthMs
 * burst-or-slice ttl)*`. `random` gives numbers from 0 to 1, to spread the expiry of windows.
 */
export function scriptInput(calls: readonly Call[], random: () => number): ScriptInput {
  const numbers: number[] = [];
  let runAt: number | undefined;
  for (const { takes, nowMs } of calls) {
    if (isIndependent(takes)) {
      runAt ??= numbers.push(0) - 1;
      numbers[runAt] = (numbers[runAt] ?? 0) + takes.length;
      for (const take of takes) writeRunTake(numbers, take, random);
    } else {
      runAt = undefined;
      numbers.push(-takes.length, nowMs);
      for (const take of takes) writeTake(numbers, take, random);
    }
  }
  return { keys: calls.flatMap(({ takes }) => takes.map(counterName)), numbers };
}

function isIndependent(takes: readonly Take[]): boolean {
  return takes.every(
    ({ meter, isSpared, hits }) => meter.kind === 'window' && (takes.length === 1 || !isSpared || hits <= 0),
  );
}

function writeRunTake(numbers: number[], { hits, meter, limit, isSpared }: Take, random: () => number): void {
  numbers.push(hits, ttlMs(meter, random), isSpared ? limit : NO_LIMIT);
}

function writeTake(numbers: number[], take: Take, random: () => number): void {
  const { meter, hits, limit } = take;
  const flags = (take.isEnforced ? 1 : 0) + (take.isSpared ? 2 : 0) + (take.isQuota ? 4 : 0);
  numbers.push(KINDS[meter.kind], flags, hits, limit, lengthMs(meter), furtherOf(take), ttlMs(meter, random));
}

/** Of a bucket its burst, of a limit on concurrency the slice that hits are given back to. */
function furtherOf({ meter, slice = -1 }: Take): number {
  return meter.kind === 'bucket' ? meter.burst : slice;
}

/** From the birth of a window; of other states from their end. */
function ttlMs(meter: Meter, random: () => number): number {
  if (meter.kind !== 'window') return GRACE_MS;
  const windowMs = lengthMs(meter);
  return windowMs + Math.floor(random() * Math.min(windowMs * JITTER_RATIO, MAX_JITTER_MS));
}

/**
 * How the takes of a call stand, from the states that their counters had before them: where the call was denied,
 * in the round that counted. Throws where a state is none.
 */
export function readingsOf({ takes, nowMs }: Call, states: readonly unknown[]): readonly Reading[] {
  const befores = takes.map(({ meter }, index) => parseState(meter, states[index]));
  const readings = takes.map((take, index) => step(take.meter, befores[index], take, nowMs).reading);
  if (takes.length === 1) return readings;
  const isDenied = isCallDenied(takes, (index) => readings[index]?.isOver === true);
  if (!isDenied) return readings;
  return readings.map((reading, index) => {
    const take = takes[index];
    if (take === undefined || reading.isOver || !take.isSpared || take.hits <= 0) return reading;
    const left = step(take.meter, befores[index], { hits: 0, limit: take.limit }, nowMs).reading;
    return { ...left, isOver: false };
  });
}

function parseState(meter: Meter, state: unknown): State | undefined {
  if (meter.kind === 'window' && typeof state === 'number') return state;
  if (meter.kind === 'window' || typeof state !== 'string') {
    throw new Error('Redis gave an answer that is not a list of states');
  }
  const [mark, first = 0, ...rest] = state
    .split(' ')
    .map((word, index) => (index === 0 ? word : Number(word)));
  if (typeof first !== 'number') return undefined;
  const counts = rest.filter((word) => typeof word === 'number');
  if (mark === 's' && counts.length > 0) return { newest: first, counts };
  if (mark === 'b' && counts.length === 1) return { level: first, atMs: counts[0] ?? 0 };
  return undefined;
}
