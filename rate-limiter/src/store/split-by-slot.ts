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

/**
 * For a cluster, where a script reaches one slot only: sends the takes of each slot on their own, all at once. The
 * counters of a domain share a slot, so its calls stay whole; a call in several slots is charged slot by slot, and
 * one that fails makes all of it `down`.
 */
export function splitBySlot(send: Send): Send {
  return async (calls) => {
    const slots = partsBySlot(calls);
    if (slots.length === 1 && slots[0]?.length === calls.length) return send(calls);
    const answers = await Promise.all(slots.map((parts) => send(parts.map((part) => callOf(calls, part)))));
    const joined: Taken[] = calls.map(({ takes }) => ({
      kind: 'counted',
      readings: takes.map(() => undefined),
    }));
    for (const [slotIndex, parts] of slots.entries()) {
      for (const [index, part] of parts.entries()) {
        const answer = answers[slotIndex]?.[index] ?? { kind: 'down', reason: 'no answer' };
        joined[part.callIndex] = join(joined[part.callIndex] ?? answer, answer, part);
      }
    }
    return joined;
  };
}

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
