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

/**
 * Counts of windows by digest, some 36 bytes each. It takes memory as counters come, in small pieces that need not be
 * laid out anew in larger ones, and gives it back when they have ended.
 */
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

/** Counters of a full shard on average: laid out anew in a tenth of a millisecond. */
const SHARD_COUNTERS = 4_096;
/** A shard gets a page when it needs one. */
const PAGE_COUNTERS = 256;
/** Counters of a shard have numbers of 16 bits from 1 on. */
const SHARD_PLACES = 2 ** 16;
const MAX_PAGES = Math.floor((SHARD_PLACES - 1) / PAGE_COUNTERS);
const WORDS = 8;
const END = DIGEST_WORDS;
const GROUP = END + 1;
const COUNT_LOW = END + 2;
/** Of the count what is above 2^32: 18 bits; and two flags. */
const COUNT_HIGH = END + 3;
const KEPT_FLAG = 0x80_00_00_00;
const CHANGED_FLAG = 0x40_00_00_00;
const FLAGS = KEPT_FLAG | CHANGED_FLAG;
const HIGH_BITS = 0x3f_ff_ff_ff;
/** An index with more used places than this part is laid out anew, in twice the size: the way to an empty one is short. */
const MAX_FILLED = 0.7;
const TWO_TO_32 = 2 ** 32;
const NOTHING = new Uint32Array(PAGE_COUNTERS * WORDS);

/** A part of the table that grows and is tidied by itself: a large one would stop the process meanwhile. */
interface Shard {
  /** Hash table of open addresses: numbers of counters, 0 for none. As long as a power of two. */
  index: Uint16Array;
  readonly pages: Uint32Array[];
  /** Counters that were ever added, ended ones with them, since it was laid out. */
  used: number;
}

/** An empty table for so many counters. */
export function createWindowTable(maxCounters: number): WindowTable {
  const shards = Math.max(1, Math.ceil(maxCounters / SHARD_COUNTERS));
  const table: (Shard | undefined)[] = Array.from({ length: shards }, () => undefined);
  let endedSlot = 0;

  const indexOf = ({ words, at }: Digest): number => Math.floor(((words[at] ?? 0) * shards) / TWO_TO_32);
  /** Places are numbered through the shards as if each had all pages. */
  const pageAt = (place: Place): Uint32Array =>
    table[Math.floor(place / SHARD_PLACES)]?.pages[pageOf(place % SHARD_PLACES)] ?? NOTHING;
  return {
    shards,
    find: (digest) => {
      const index = indexOf(digest);
      const shard = table[index];
      const number = shard === undefined ? 0 : findNumber(shard, digest, endedSlot);
      return number === 0 ? -1 : index * SHARD_PLACES + number;
    },
    countAt: (place) => {
      const page = pageAt(place);
      const at = wordOf(place);
      return ((page[at + COUNT_HIGH] ?? 0) & HIGH_BITS) * TWO_TO_32 + (page[at + COUNT_LOW] ?? 0);
    },
    setCount: (place, count) => writeCount(pageAt(place), wordOf(place), count),
    infoAt: (place) => {
      const page = pageAt(place);
      const at = wordOf(place);
      const isKept = ((page[at + COUNT_HIGH] ?? 0) & KEPT_FLAG) !== 0;
      return { group: page[at + GROUP] ?? 0, endSlot: page[at + END] ?? 0, isKept };
    },
    markChanged: (place, isChanged) => {
      const page = pageAt(place);
      const at = wordOf(place) + COUNT_HIGH;
      const before = page[at] ?? 0;
      if ((before & KEPT_FLAG) === 0) return false;
      page[at] = isChanged ? before | CHANGED_FLAG : before & ~CHANGED_FLAG;
      return page[at] !== before;
    },
    add: (digest, info, count) => {
      const index = indexOf(digest);
      const shard = table[index] ?? { index: new Uint16Array(PAGE_COUNTERS * 2), pages: [], used: 0 };
      table[index] = shard;
      if (shard.used === shard.pages.length * PAGE_COUNTERS) makeRoom(shard, endedSlot);
      if (shard.used === shard.pages.length * PAGE_COUNTERS) return false;
      write(shard, takeNumber(shard, digest, endedSlot), { digest, info, count });
      return true;
    },
    setEnded: (slot) => {
      endedSlot = slot;
    },
    eachOf: (index, visit) => {
      const { pages, used } = table[index] ?? { pages: [], used: 0 };
      for (let number = 1; number <= used; number += 1) {
        const words = pages[pageOf(number)] ?? NOTHING;
        const at = wordOf(number);
        if ((words[at + END] ?? 0) > endedSlot) visit({ words, at }, index * SHARD_PLACES + number);
      }
    },
  };
}

function findNumber({ index, pages }: Shard, { words, at: from }: Digest, endedSlot: number): number {
  const first = words[from];
  const third = words[from + 2];
  for (let place = startOf(index, words[from + 1] ?? 0); ; place = nextOf(index, place)) {
    const number = index[place] ?? 0;
    if (number === 0) return 0;
    const page = pages[pageOf(number)] ?? NOTHING;
    const at = wordOf(number);
    if ((page[at + END] ?? 0) <= endedSlot || page[at] !== first || page[at + 2] !== third) continue;
    if (page[at + 1] === words[from + 1] && page[at + 3] === words[from + 3]) return number;
  }
}

/** The number of an ended counter on the way, or a new one. */
function takeNumber(shard: Shard, { words, at: from }: Digest, endedSlot: number): number {
  const { index, pages } = shard;
  for (let place = startOf(index, words[from + 1] ?? 0); ; place = nextOf(index, place)) {
    const number = index[place] ?? 0;
    if (number === 0) {
      shard.used += 1;
      index[place] = shard.used;
      return shard.used;
    }
    if ((pages[pageOf(number)]?.[wordOf(number) + END] ?? 0) <= endedSlot) return number;
  }
}

interface NewCounter {
  readonly digest: Digest;
  readonly info: WindowInfo;
  readonly count: number;
}

function write({ pages }: Shard, number: number, { digest, info, count }: NewCounter): void {
  const page = pages[pageOf(number)] ?? NOTHING;
  const at = wordOf(number);
  for (let word = 0; word < DIGEST_WORDS; word += 1) page[at + word] = digest.words[digest.at + word] ?? 0;
  page[at + END] = info.endSlot;
  page[at + GROUP] = info.group;
  page[at + COUNT_HIGH] = info.isKept ? KEPT_FLAG : 0;
  writeCount(page, at, count);
}

function writeCount(page: Uint32Array, at: number, count: number): void {
  page[at + COUNT_LOW] = count % TWO_TO_32;
  if (count >= TWO_TO_32 || ((page[at + COUNT_HIGH] ?? 0) & HIGH_BITS) !== 0) {
    const flags = (page[at + COUNT_HIGH] ?? 0) & FLAGS;
    page[at + COUNT_HIGH] = flags | Math.floor(count / TWO_TO_32);
  }
}

/** Forgets the ended counters and makes room for half a page at least, where there may be one more. */
function makeRoom(shard: Shard, endedSlot: number): void {
  const { pages } = shard;
  const { used } = shard;
  shard.used = moveTogether(shard, endedSlot);
  const wanted = Math.min(MAX_PAGES, Math.ceil(shard.used / PAGE_COUNTERS + 1 / 2));
  pages.length = Math.min(pages.length, wanted);
  while (pages.length < wanted) pages.push(new Uint32Array(PAGE_COUNTERS * WORDS));
  let places = shard.index.length;
  while (wanted * PAGE_COUNTERS > places * MAX_FILLED) places *= 2;
  if (places > shard.index.length) shard.index = new Uint16Array(places);
  else if (shard.used < used) shard.index.fill(0);
  else return;
  for (let number = 1; number <= shard.used; number += 1) {
    let place = startOf(shard.index, pages[pageOf(number)]?.[wordOf(number) + 1] ?? 0);
    while (shard.index[place] !== 0) place = nextOf(shard.index, place);
    shard.index[place] = number;
  }
}

/** Moves the counters that have not ended to the first numbers; gives how many there are. */
function moveTogether({ pages, used }: Shard, endedSlot: number): number {
  let live = 0;
  for (let number = 1; number <= used; number += 1) {
    const from = pages[pageOf(number)] ?? NOTHING;
    const at = wordOf(number);
    if ((from[at + END] ?? 0) <= endedSlot) continue;
    live += 1;
    if (live < number) pages[pageOf(live)]?.set(from.subarray(at, at + WORDS), wordOf(live));
  }
  return live;
}

function pageOf(number: number): number {
  return ((number - 1) / PAGE_COUNTERS) | 0;
}

/** Where in its page a counter begins; of a place too. */
function wordOf(number: number): number {
  return ((number - 1) % PAGE_COUNTERS) * WORDS;
}

/** Where the search for a digest with this second word begins. */
function startOf(index: Uint16Array, word: number): number {
  return word & (index.length - 1);
}

function nextOf(index: Uint16Array, place: number): number {
  return (place + 1) & (index.length - 1);
}
