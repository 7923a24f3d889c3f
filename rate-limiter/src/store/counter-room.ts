/** Who takes how much of the room for counters. A group is a number that stands for its name. */
export interface CounterRoom {
  /** A group may make as many counters as it leaves free. */
  hasRoomFor(group: number): boolean;
  /** Nobody may make more. */
  isFull(): boolean;
  enter(group: number): void;
  leave(group: number): void;
  /** Enters, and leaves by itself with the slot of time in which it ends. */
  enterUntil(group: number, endSlot: number): void;
  /** All that ends in this slot or before leaves. */
  leaveEnded(slot: number): void;
}

/**
 * Counters that end together leave together, a number for each group: windows of a rule all end at once, so this
 * takes no time and no memory by counter.
 */
export function createCounterRoom(maxCounters: number): CounterRoom {
  const sizes = new Map<number, number>();
  /** By slot of their end, how many of each group. */
  const ends = new Map<number, Map<number, number>>();
  let total = 0;

  const change = (group: number, by: number): void => {
    total += by;
    const size = (sizes.get(group) ?? 0) + by;
    if (size === 0) sizes.delete(group);
    else sizes.set(group, size);
  };
  return {
    hasRoomFor: (group) => (sizes.get(group) ?? 0) < maxCounters - total,
    isFull: () => total >= maxCounters,
    enter: (group) => change(group, 1),
    leave: (group) => change(group, -1),
    enterUntil: (group, endSlot) => {
      change(group, 1);
      const ending = ends.get(endSlot) ?? new Map<number, number>();
      ends.set(endSlot, ending.set(group, (ending.get(group) ?? 0) + 1));
    },
    leaveEnded: (slot) => {
      for (const [endSlot, ending] of ends) {
        if (endSlot > slot) continue;
        ends.delete(endSlot);
        for (const [group, count] of ending) change(group, -count);
      }
    },
  };
}
