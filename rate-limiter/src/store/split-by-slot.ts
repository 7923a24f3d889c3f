import type { Call } from './batch.ts';
import { counterName } from './charge.ts';
import { hashTag, keySlot } from './key-slot.ts';
import type { Taken } from './types.ts';

/** Gives one answer for each call. */
type Send = (calls: readonly Call[]) => Promise<readonly Taken[]>;

/** Part of a call: those of its takes that lie in one slot. */
interface Part {
  readonly callIndex: number;
  readonly takeIndexes: number[];
}

/** Gives a promise for each call. */
type SendApart = (calls: readonly Call[]) => Promise<readonly Promise<Taken>[]>;

/**
 * For a cluster, where a script reaches one slot only: sends the takes of each slot on their own, all at once. The
 * counters of a domain share a slot, so its calls stay whole and wait for no other; a call in several slots is charged
 * slot by slot, and one that fails makes all of it `down`.
 */
export function splitBySlot(send: Send): SendApart {
  return async (calls) => {
    const slots = partsBySlot(calls);
    if (slots.length === 1 && slots[0]?.length === calls.length) return eachOf(send(calls), calls);
    const waiting: Promise<readonly [Part, Taken]>[][] = calls.map(() => []);
    for (const parts of slots) {
      const answers = send(parts.map((part) => callOf(calls, part)));
      for (const [index, part] of parts.entries())
        waiting[part.callIndex]?.push(answers.then((all) => [part, all[index] ?? NO_ANSWER]));
    }
    return calls.map(async ({ takes }, index) => {
      const none: Taken = { kind: 'counted', readings: takes.map(() => undefined) };
      const answers = await Promise.all(waiting[index] ?? []);
      return answers.reduce<Taken>((whole, [part, answer]) => join(whole, answer, part), none);
    });
  };
}

function eachOf(answers: Promise<readonly Taken[]>, calls: readonly Call[]): readonly Promise<Taken>[] {
  return calls.map(async (_, index) => (await answers)[index] ?? NO_ANSWER);
}

const NO_ANSWER: Taken = { kind: 'down', reason: 'no answer' };

/** Calls without takes are in none. */
function partsBySlot(calls: readonly Call[]): readonly (readonly Part[])[] {
  const bySlot = new Map<number, Part[]>();
  const slotOfTag = new Map<string, number>();
  for (const [callIndex, { takes }] of calls.entries()) {
    for (const [takeIndex, take] of takes.entries()) {
      const tag = hashTag(counterName(take));
      const slot = slotOfTag.get(tag) ?? keySlot(tag);
      slotOfTag.set(tag, slot);
      const parts = bySlot.get(slot) ?? [];
      bySlot.set(slot, parts);
      const last = parts.at(-1);
      if (last?.callIndex === callIndex) last.takeIndexes.push(takeIndex);
      else parts.push({ callIndex, takeIndexes: [takeIndex] });
    }
  }
  return [...bySlot.values()];
}

function callOf(calls: readonly Call[], { callIndex, takeIndexes }: Part): Call {
  const { takes = [], nowMs = 0 } = calls[callIndex] ?? {};
  return { nowMs, takes: takes.filter((_, index) => takeIndexes.includes(index)) };
}

function join(whole: Taken, answer: Taken, { takeIndexes }: Part): Taken {
  if (whole.kind === 'down') return whole;
  if (answer.kind === 'down') return answer;
  const readings = whole.readings.map((reading, index) => {
    const place = takeIndexes.indexOf(index);
    return place === -1 ? reading : answer.readings[place];
  });
  return { kind: 'counted', readings };
}
