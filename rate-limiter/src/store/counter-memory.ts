import type { State } from '../algorithm/index.ts';
import { createCounterRoom } from './counter-room.ts';
import { createStateMap, type StateMap } from './state-map.ts';
import { createWindowEnds, GRACE_MS } from './window-ends.ts';
import { createWindowTable, type Digest, type WindowTable } from './window-table.ts';

/** A counter on its own. */
export interface CounterRecord {
  readonly digest: Digest;
  /** A number that stands for the group whose room it takes. */
  readonly group: number;
  readonly state: State;
  /** From then on it counts as none. Unix milliseconds. */
  readonly endMs: number;
}

export interface NewCounter extends CounterRecord {
  /** A file keeps it. */
  readonly isKept: boolean;
}

/** Counters by digest, bounded, with little memory for windows. */
export interface CounterMemory {
  /** Time goes on: ended counters are forgotten, at most so many of `takes` at once that are no windows. */
  passTo(nowMs: number, takes: number): void;
  read(digest: Digest): State | undefined;
  /** False where there is none. `onChanged`: a kept counter was not marked as changed before. */
  update(digest: Digest, state: State, endMs: number, onChanged: (digest: Digest) => void): boolean;
  /** False where there is no room. The digest must not be there. */
  add(counter: NewCounter): boolean;
  /** Takes a record of a kept counter over, a later one in place of an earlier, whoever else has right to the room. */
  restore(record: CounterRecord): 'new' | 'known' | 'no_room';
  /** A counter as it is; it is not marked as changed any more. */
  takeChanged(digest: Digest): CounterRecord | undefined;
  /** All that are kept, part by part; a part is as it is when it is asked for. */
  keptParts(): Iterator<readonly CounterRecord[], undefined>;
}

/** Counters that are looked at for each take, and when there is no room. */
const FORGET_STEPS = 4;
const NO_ROOM_STEPS = 64;
const PART_COUNTERS = 4_096;

/** An empty memory for so many counters. */
export function createCounterMemory(maxCounters: number): CounterMemory {
  const room = createCounterRoom(maxCounters);
  const windows = createWindowTable(maxCounters);
  const states = createStateMap((group) => room.leave(group));
  const ends = createWindowEnds(windows, room);

  const hasRoomFor = (group: number): boolean => {
    if (room.hasRoomFor(group)) return true;
    ends.forgetEnded();
    states.forgetSome(NO_ROOM_STEPS, ends.nowMs());
    return room.hasRoomFor(group);
  };
  const put = (
    { digest, group, state, endMs }: CounterRecord,
    isKept: boolean,
    isChanged: boolean,
  ): boolean => {
    if (typeof state !== 'number') {
      room.enter(group);
      states.set(digest, { group, isKept, state, endMs, isChanged });
      return true;
    }
    const endSlot = ends.slotOf(endMs);
    if (!windows.add(digest, { group, endSlot, isKept }, state)) return false;
    room.enterUntil(group, endSlot);
    if (isChanged) windows.markChanged(windows.find(digest), true);
    return true;
  };
  const windowRecord = (digest: Digest, place: number): CounterRecord => {
    const { group, endSlot } = windows.infoAt(place);
    return { digest, group, state: windows.countAt(place), endMs: ends.endOf(endSlot) };
  };

  return {
    passTo: (nowMs, takes) => {
      ends.passTo(nowMs);
      states.forgetSome(FORGET_STEPS * takes, nowMs - GRACE_MS);
    },
    read: (digest) => {
      const place = windows.find(digest);
      return place < 0 ? states.get(digest)?.state : windows.countAt(place);
    },
    update: (digest, state, endMs, onChanged) => {
      if (typeof state === 'number') {
        const place = windows.find(digest);
        if (place < 0) return false;
        windows.setCount(place, state);
        if (windows.markChanged(place, true)) onChanged(digest);
        return true;
      }
      const counter = states.get(digest);
      if (counter === undefined) return false;
      counter.state = state;
      // Limits that share a counter may differ: it stays for the one that needs it longest.
      counter.endMs = Math.max(counter.endMs, endMs);
      if (counter.isKept && !counter.isChanged) onChanged(digest);
      counter.isChanged = counter.isKept;
      return true;
    },
    add: (counter) => hasRoomFor(counter.group) && put(counter, counter.isKept, counter.isKept),
    restore: (record) => {
      if (setKnown(windows, states, record)) return 'known';
      return !room.isFull() && put(record, true, false) ? 'new' : 'no_room';
    },
    takeChanged: (digest) => {
      const place = windows.find(digest);
      if (place >= 0) {
        windows.markChanged(place, false);
        return windowRecord(digest, place);
      }
      const counter = states.get(digest);
      if (counter === undefined) return undefined;
      counter.isChanged = false;
      return { ...counter, digest };
    },
    *keptParts() {
      yield* keptWindows(windows, windowRecord);
      yield* keptStates(states);
      return undefined;
    },
  };
}

/** False where it is a new one. */
function setKnown(windows: WindowTable, states: StateMap, { digest, state, endMs }: CounterRecord): boolean {
  if (typeof state === 'number') {
    const place = windows.find(digest);
    if (place >= 0) windows.setCount(place, state);
    return place >= 0;
  }
  const counter = states.get(digest);
  if (counter === undefined) return false;
  counter.state = state;
  counter.endMs = Math.max(counter.endMs, endMs);
  return true;
}

type Parts = Generator<readonly CounterRecord[]>;

function* keptWindows(
  windows: WindowTable,
  recordOf: (digest: Digest, place: number) => CounterRecord,
): Parts {
  for (let shard = 0; shard < windows.shards; shard += 1) {
    const part: CounterRecord[] = [];
    windows.eachOf(shard, (digest, place) => {
      if (windows.infoAt(place).isKept) part.push(recordOf(digest, place));
    });
    yield part;
  }
}

function* keptStates(states: StateMap): Parts {
  let part: CounterRecord[] = [];
  for (const [digest, counter] of states.all()) {
    if (counter.isKept) part.push({ ...counter, digest });
    if (part.length < PART_COUNTERS) continue;
    yield part;
    part = [];
  }
  yield part;
}
