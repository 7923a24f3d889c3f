import type { CounterRoom } from './counter-room.ts';
import type { WindowTable } from './window-table.ts';

/** Time, as far as windows end with it. All moments are Unix milliseconds. */
export interface WindowEnds {
  passTo(nowMs: number): void;
  /** Ended windows are forgotten without grace. */
  forgetEnded(): void;
  nowMs(): number;
  /** The slot of time with which a counter leaves; always one to come. */
  slotOf(endMs: number): number;
  endOf(slot: number): number;
}

/** An ended counter stays this long, so that a clock set back by less finds it again. */
export const GRACE_MS = 1_000;
const SLOT_MS = 1_000;
const MAX_SLOT = 2 ** 32 - 1;

/** Forgets windows that end, all of a slot at once. */
export function createWindowEnds(windows: WindowTable, room: CounterRoom): WindowEnds {
  /** The latest moment that was told, as long as the clock is set back by less than the grace. */
  let latestMs = 0;
  let endedSlot = 0;

  const forgetUntil = (untilMs: number): void => {
    const slot = Math.floor(untilMs / SLOT_MS);
    if (slot <= endedSlot) return;
    endedSlot = slot;
    windows.setEnded(slot);
    room.leaveEnded(slot);
  };
  // Windows are named by the wall clock: those that had ended may be the ones that hold now.
  const setBackTo = (nowMs: number): void => {
    latestMs = nowMs;
    endedSlot = Math.floor((nowMs - GRACE_MS) / SLOT_MS);
    windows.setEnded(endedSlot);
    room.leaveEnded(MAX_SLOT);
    for (let shard = 0; shard < windows.shards; shard += 1) {
      windows.eachOf(shard, (_digest, place) => {
        const { group, endSlot } = windows.infoAt(place);
        room.enterUntil(group, endSlot);
      });
    }
  };
  return {
    passTo: (nowMs) => {
      if (nowMs < latestMs - GRACE_MS) setBackTo(nowMs);
      latestMs = Math.max(latestMs, nowMs);
      forgetUntil(latestMs - GRACE_MS);
    },
    forgetEnded: () => forgetUntil(latestMs),
    nowMs: () => latestMs,
    slotOf: (endMs) => Math.min(MAX_SLOT, Math.max(endedSlot + 1, Math.ceil(endMs / SLOT_MS))),
    endOf: (slot) => slot * SLOT_MS,
  };
}
