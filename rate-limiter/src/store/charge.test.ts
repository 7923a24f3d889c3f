import { isDeepStrictEqual } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { type Meter, type Reading, type State, step } from '../algorithm/index.ts';
import { type Charge, chargeCall, counterName } from './charge.ts';
import { NOW, take } from './store.contract.ts';
import type { Take } from './types.ts';

const MINUTE_MS = 60_000;
const METERS: readonly Meter[] = [
  { kind: 'window', startMs: NOW, endMs: NOW + MINUTE_MS },
  { kind: 'sliding', lengthMs: MINUTE_MS },
  { kind: 'bucket', periodMs: MINUTE_MS, burst: 5 },
  { kind: 'concurrency', holdMs: MINUTE_MS },
];

const takeOf = fc
  .record({
    meter: fc.constantFrom(...METERS),
    counter: fc.constantFrom('a', 'b'),
    limit: fc.integer({ min: 0, max: 9 }),
    hits: fc.integer({ min: -3, max: 5 }),
    isEnforced: fc.boolean(),
    isSpared: fc.boolean(),
  })
  .map(({ counter, ...more }) => take(`${counter} ${more.meter.kind} `, more));
const callsOf = fc.array(fc.array(takeOf, { maxLength: 5 }), { minLength: 1, maxLength: 6 });

type Counters = ReadonlyMap<string, State>;

/** What a call did: its charges, and the counters before and after. */
interface Played {
  readonly takes: readonly Take[];
  readonly charges: readonly Charge[];
  readonly before: Counters;
  readonly after: Counters;
}

function play(calls: readonly (readonly Take[])[]): readonly Played[] {
  let before: Counters = new Map();
  return calls.map((takes) => {
    const known = before;
    const charges = chargeCall(takes, (of) => known.get(counterName(of)), NOW);
    const after = new Map(known);
    for (const [index, { state }] of charges.entries()) {
      const of = takes[index];
      if (of !== undefined && state !== undefined) after.set(counterName(of), state);
    }
    before = after;
    return { takes, charges, before: known, after };
  });
}

function isDenied({ takes, charges }: Played): boolean {
  return charges.some(({ reading }, index) => reading.isOver && takes[index]?.isEnforced === true);
}

/** Every call of random ones. */
function everyCall(holds: (played: Played) => boolean): void {
  fc.assert(
    fc.property(callsOf, (calls) => play(calls).every(holds)),
    { numRuns: 3_000 },
  );
}

describe('chargeCall', () => {
  test('does what its comment says', () => {
    everyCall((played) => {
      const { readings, after } = readComment(played.takes, played.before);
      return (
        isDeepStrictEqual(
          played.charges.map(({ reading }) => reading),
          readings,
        ) && isDeepStrictEqual(new Map(played.after), after)
      );
    });
  });

  test('a denied call charges no spared take', () => {
    everyCall((played) => {
      if (!isDenied(played)) return true;
      const charged = new Set(
        played.takes.filter(({ isSpared, hits }) => !isSpared || hits < 0).map(counterName),
      );
      return [...played.after].every(
        ([name, state]) => charged.has(name) || isDeepStrictEqual(state, played.before.get(name)),
      );
    });
  });

  test('a call that passes charges all that fits', () => {
    everyCall((played) => {
      if (isDenied(played)) return true;
      return played.charges.every(({ state, reading }, index) => {
        const { hits = 0, isSpared = false } = played.takes[index] ?? {};
        return (state !== undefined) === (hits < 0 || (hits > 0 && !(isSpared && reading.isOver)));
      });
    });
  });

  test('gives back also where the limit is over', () => {
    const [charge] = chargeCall([take('a', { hits: -2, limit: 3, isSpared: true })], () => 9, NOW);
    expect(charge).toMatchObject({ state: 7, reading: { isOver: true } });
  });

  test('a spared take that fitted tells what is left without its hits', () => {
    const takes = [take('a', { limit: 5, isSpared: true }), take('b', { limit: 0 })];
    const [fitted, over] = chargeCall(takes, () => 2, NOW);
    expect(fitted).toMatchObject({ state: undefined, reading: { isOver: false, remaining: 3 } });
    expect(over).toMatchObject({ state: 3, reading: { isOver: true } });
  });
});

interface Round {
  readonly readings: readonly Reading[];
  readonly after: Counters;
}

function readComment(takes: readonly Take[], before: Counters): Round {
  const first = round(takes, before);
  const denies = ({ isOver }: Reading, index: number): boolean => isOver && takes[index]?.isEnforced === true;
  if (!first.readings.some(denies)) return first;
  const left = takes.map((of) => (of.isSpared && of.hits > 0 ? { ...of, hits: 0 } : of));
  const second = round(left, before);
  const readings = first.readings.map((reading, index) => {
    if (reading.isOver || takes[index]?.hits === 0) return reading;
    return { ...(second.readings[index] ?? reading), isOver: false };
  });
  return { readings, after: second.after };
}

/** All takes in order, each from where the last one left its counter. */
function round(takes: readonly Take[], before: Counters): Round {
  const after = new Map(before);
  const readings = takes.map((of) => {
    const { state, reading } = step(of.meter, after.get(counterName(of)), of, NOW);
    const isLeftAlone = of.hits === 0 || (of.hits > 0 && of.isSpared && reading.isOver);
    if (!isLeftAlone) after.set(counterName(of), state);
    return reading;
  });
  return { readings, after };
}
