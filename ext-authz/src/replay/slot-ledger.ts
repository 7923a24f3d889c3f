/** Which nonces end in which slot of time: how many are held, and where in the file they are. */
export interface SlotLedger {
  /** `place`: where the nonce is in the file, if there is one. */
  add(expirySlot: number, place: number | undefined): void;
  /** Drops all before this slot and gives their places. */
  expire(nowSlot: number): readonly number[];
  count(): number;
}

interface Slot {
  count: number;
  readonly places: number[];
}

/** An empty ledger. */
export function createSlotLedger(): SlotLedger {
  const slots = new Map<number, Slot>();
  let count = 0;
  return {
    add: (expirySlot, place) => {
      let slot = slots.get(expirySlot);
      if (slot === undefined) {
        slot = { count: 0, places: [] };
        slots.set(expirySlot, slot);
      }
      slot.count += 1;
      count += 1;
      if (place !== undefined) slot.places.push(place);
    },
    expire: (nowSlot) => {
      const places: number[][] = [];
      for (const [expirySlot, slot] of slots) {
        if (expirySlot >= nowSlot) continue;
        slots.delete(expirySlot);
        count -= slot.count;
        places.push(slot.places);
      }
      return places.flat();
    },
    count: () => count,
  };
}
