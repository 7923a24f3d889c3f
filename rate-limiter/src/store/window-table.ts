import { DIGEST_WORDS } from '@paymesh/common/keyed-digest';

/** Where a digest lies: DIGEST_WORDS words from `at` on. */
export interface Digest {
  readonly words: Uint32Array;
  readonly at: number;
}

/** Of a counter: whose room it takes, the slot of time in which it ends (from 1 on), and whether a file keeps it. */
export interface WindowInfo {
  readonly group: number;
  readonly endSlot: number;
  readonly isKept: boolean;
}

/** A place in the table, until the next `add`. */
export type Place = number;

/** Counts of windows by digest, 32 bytes a cell, open-addressed. Ended ones leave their cells by and by. */
export interface WindowTable {
  /** -1 for none. */
  find(digest: Digest): Place;
  countAt(place: Place): number;
  setCount(place: Place, count: number): void;
  infoAt(place: Place): WindowInfo;
  /** Marks a kept counter as changed or not; true where it was marked otherwise before. */
  markChanged(place: Place, isChanged: boolean): boolean;
  /** The digest must not be there. False where its part of the table is full. */
  add(digest: Digest, info: WindowInfo, count: number): boolean;
  /** Counters that end in this slot or before are not there any more; an earlier slot may bring some back. */
  setEnded(slot: number): void;
  readonly shards: number;
  /** Calls with the digest and the place of each counter of a shard. */
  eachOf(shard: number, visit: (digest: Digest, place: Place) => void): void;
}

/** Counters of a full shard on average: 170 kB of cells, laid out anew in a tenth of a millisecond. */
const SHARD_COUNTERS = 4_096;
const CELL_WORDS = 8;
const END = DIGEST_WORDS;
const GROUP = END + 1;
const COUNT_LOW = END + 2;
/** Of the count what is above 2^32: 18 bits; and two flags. */
const COUNT_HIGH = END + 3;
const KEPT_FLAG = 0x80_00_00_00;
const CHANGED_FLAG = 0x40_00_00_00;
const FLAGS = KEPT_FLAG | CHANGED_FLAG;
const HIGH_BITS = 0x3f_ff_ff_ff;
const EMPTY = 0;
const MIN_CELLS = 16;
/** Cells for each counter of a full table: the way to an empty one is short, and shards may differ in size. */
const ROOM = 1.3;
/** A shard with more used cells than this part is laid out anew. */
const MAX_USED = 0.9;
/** It grows by so much at once: in few steps, so that little is left behind in the memory of the process. */
const GROWTH = 4;
/** It grows when it would be fuller than this part without. */
const MAX_FILLED = 0.7;
const TWO_TO_32 = 2 ** 32;

/** A part of the table that grows and is tidied by itself: a large one would stop the process meanwhile. */
interface Shard {
  cells: Uint32Array;
  /** Cells that are not empty: of counters, or of ended ones. */
  used: number;
}

/** An empty table for so many counters; takes memory as they come, and gives it back when they have ended. */
export function createWindowTable(maxCounters: number): WindowTable {
  const shards = Math.max(1, Math.ceil(maxCounters / SHARD_COUNTERS));
  /** The most a shard has. */
  const words = Math.max(MIN_CELLS, Math.ceil((maxCounters / shards) * ROOM)) * CELL_WORDS;
  const table: (Shard | undefined)[] = Array.from({ length: shards }, () => undefined);
  const none = new Uint32Array(MIN_CELLS * CELL_WORDS);
  let endedSlot = EMPTY;

  const indexOf = ({ words: of, at }: Digest): number => Math.floor(((of[at] ?? 0) * shards) / TWO_TO_32);
  const cellsAt = (place: Place): Uint32Array => table[Math.floor(place / words)]?.cells ?? none;
  const makeRoom = (shard: Shard): void => {
    if ((shard.used + 1) * CELL_WORDS > shard.cells.length * MAX_USED) layOut(shard, endedSlot, words);
  };
  return {
    shards,
    find: (digest) => {
      const index = indexOf(digest);
      const cells = table[index]?.cells;
      if (cells === undefined) return -1;
      const at = findCell(cells, digest, endedSlot);
      return at < 0 ? at : index * words + at;
    },
    countAt: (place) => {
      const cells = cellsAt(place);
      const at = place % words;
      return ((cells[at + COUNT_HIGH] ?? 0) & HIGH_BITS) * TWO_TO_32 + (cells[at + COUNT_LOW] ?? 0);
    },
    setCount: (place, count) => writeCount(cellsAt(place), place % words, count),
    infoAt: (place) => {
      const cells = cellsAt(place);
      const at = place % words;
      const isKept = ((cells[at + COUNT_HIGH] ?? 0) & KEPT_FLAG) !== 0;
      return { group: cells[at + GROUP] ?? 0, endSlot: cells[at + END] ?? EMPTY, isKept };
    },
    markChanged: (place, isChanged) => {
      const cells = cellsAt(place);
      const at = (place % words) + COUNT_HIGH;
      const before = cells[at] ?? 0;
      if ((before & KEPT_FLAG) === 0) return false;
      cells[at] = isChanged ? before | CHANGED_FLAG : before & ~CHANGED_FLAG;
      return cells[at] !== before;
    },
    add: (digest, info, count) => {
      const index = indexOf(digest);
      const shard = table[index] ?? { cells: new Uint32Array(wordsFor(0, words)), used: 0 };
      table[index] = shard;
      makeRoom(shard);
      // One cell stays empty, or a search would have no end.
      if ((shard.used + 1) * CELL_WORDS >= shard.cells.length) return false;
      writeCell(shard, { digest, info, count, endedSlot });
      return true;
    },
    setEnded: (slot) => {
      endedSlot = slot;
    },
    eachOf: (index, visit) => {
      const cells = table[index]?.cells ?? none;
      for (let at = 0; at < cells.length; at += CELL_WORDS) {
        if ((cells[at + END] ?? EMPTY) > endedSlot) visit({ words: cells, at }, index * words + at);
      }
    },
  };
}

function findCell(cells: Uint32Array, { words, at: from }: Digest, endedSlot: number): number {
  const first = words[from];
  const third = words[from + 2];
  for (let at = startOf(cells, words[from + 1] ?? 0); ; at = nextOf(cells, at)) {
    const endSlot = cells[at + END] ?? EMPTY;
    if (endSlot === EMPTY) return -1;
    if (endSlot <= endedSlot || cells[at] !== first || cells[at + 2] !== third) continue;
    if (cells[at + 1] === words[from + 1] && cells[at + 3] === words[from + 3]) return at;
  }
}

interface NewCell {
  readonly digest: Digest;
  readonly info: WindowInfo;
  readonly count: number;
  readonly endedSlot: number;
}

/** Takes the first cell on the way that is empty or of an ended counter. */
function writeCell(shard: Shard, { digest: { words, at: from }, info, count, endedSlot }: NewCell): void {
  const { cells } = shard;
  let at = startOf(cells, words[from + 1] ?? 0);
  while ((cells[at + END] ?? EMPTY) > endedSlot) at = nextOf(cells, at);
  if (cells[at + END] === EMPTY) shard.used += 1;
  for (let word = 0; word < DIGEST_WORDS; word += 1) cells[at + word] = words[from + word] ?? 0;
  cells[at + END] = info.endSlot;
  cells[at + GROUP] = info.group;
  cells[at + COUNT_HIGH] = info.isKept ? KEPT_FLAG : 0;
  writeCount(cells, at, count);
}

function writeCount(cells: Uint32Array, at: number, count: number): void {
  cells[at + COUNT_LOW] = count % TWO_TO_32;
  if (count >= TWO_TO_32 || ((cells[at + COUNT_HIGH] ?? 0) & HIGH_BITS) !== 0) {
    const flags = (cells[at + COUNT_HIGH] ?? 0) & FLAGS;
    cells[at + COUNT_HIGH] = flags | Math.floor(count / TWO_TO_32);
  }
}

/** Moves all counters that have not ended to new cells, as many as they need. */
function layOut(shard: Shard, endedSlot: number, maxWords: number): void {
  const before = shard.cells;
  let live = 0;
  for (let at = END; at < before.length; at += CELL_WORDS) if ((before[at] ?? EMPTY) > endedSlot) live += 1;
  const after = new Uint32Array(wordsFor(live, maxWords));
  for (let from = 0; from < before.length; from += CELL_WORDS) {
    if ((before[from + END] ?? EMPTY) <= endedSlot) continue;
    let to = startOf(after, before[from + 1] ?? 0);
    while (after[to + END] !== EMPTY) to = nextOf(after, to);
    for (let word = 0; word < CELL_WORDS; word += 1) after[to + word] = before[from + word] ?? 0;
  }
  shard.cells = after;
  shard.used = live;
}

/** The most words of a shard, or a quarter as long as that is enough. */
function wordsFor(live: number, maxWords: number): number {
  let cells = maxWords / CELL_WORDS;
  while (live < (cells / GROWTH) * MAX_FILLED && cells / GROWTH > MIN_CELLS)
    cells = Math.ceil(cells / GROWTH);
  return cells * CELL_WORDS;
}

/** Where the search for a digest with this second word begins. */
function startOf(cells: Uint32Array, word: number): number {
  return Math.floor((word * (cells.length / CELL_WORDS)) / TWO_TO_32) * CELL_WORDS;
}

function nextOf(cells: Uint32Array, at: number): number {
  return at + CELL_WORDS === cells.length ? 0 : at + CELL_WORDS;
}
