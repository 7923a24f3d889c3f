import { DIGEST_WORDS } from '@paymesh/common/keyed-digest';

/** What is kept of a nonce. All numbers are of 32 bits. */
export interface NonceEntry {
  /** Of the nonce, DIGEST_WORDS words. */
  readonly digest: Uint32Array;
  /** The last slot of time in which it is held; from 1 on. */
  readonly expirySlot: number;
  /** Two words that name the attempt; both 0 for none. */
  readonly attempt: readonly [number, number];
  /** When it was claimed. */
  readonly claimedMs: number;
}

/** Open-addressed digests of nonces, 32 bytes a cell. Time is given as a slot. */
export interface NonceTable {
  find(digest: Uint32Array, nowSlot: number): NonceEntry | undefined;
  /** The digest must not be in the table. False when its part of the table is full, and it is not kept. */
  add(entry: NonceEntry, nowSlot: number): boolean;
  /** Gives back all memory. */
  clear(): void;
}

/** A part of the table that is tidied by itself: a large one would stop the process meanwhile. */
interface Shard {
  readonly cells: Uint32Array;
  /** Cells that are not empty: held or expired. */
  used: number;
}

/** Of the entries of a full table, on average; 200 kB of cells, tidied in a tenth of a millisecond. */
const SHARD_ENTRIES = 4_096;
const CELL_WORDS = 8;
const EXPIRY = DIGEST_WORDS;
const EMPTY = 0;
const MIN_CELLS = 16;
/** Cells for each entry of a full table: the way to an empty one is short, and shards may differ in size. */
const ROOM = 1.5;
/** A shard with more used cells than this part is tidied. */
const MAX_USED = 0.85;
const TWO_TO_32 = 2 ** 32;

/**
 * An empty table for so many entries. It never grows, so no entry waits for a move to larger memory; a
 * shard takes its memory when its first entry comes. Cells of expired entries are used again.
 */
export function createNonceTable(maxEntries: number): NonceTable {
  const shardCount = Math.ceil(maxEntries / SHARD_ENTRIES);
  const words = Math.max(MIN_CELLS, Math.ceil((maxEntries / shardCount) * ROOM)) * CELL_WORDS;
  const shards: Shard[] = [];
  let scratch = new Uint32Array(0);
  const shardOf = (digest: Uint32Array): Shard => {
    const index = Math.floor(((digest[0] ?? 0) * shardCount) / TWO_TO_32);
    shards[index] ??= { cells: new Uint32Array(words), used: 0 };
    return shards[index];
  };
  return {
    find: (digest, nowSlot) => readCell(shardOf(digest).cells, digest, nowSlot),
    add: (entry, nowSlot) => {
      const shard = shardOf(entry.digest);
      if ((shard.used + 1) * CELL_WORDS > words * MAX_USED) {
        if (scratch.length === 0) scratch = new Uint32Array(words);
        tidy(shard, nowSlot, scratch);
      }
      // One cell stays empty, or a search would have no end.
      if ((shard.used + 1) * CELL_WORDS >= words) return false;
      place(shard, nowSlot, entry);
      return true;
    },
    clear: () => {
      shards.length = 0;
    },
  };
}

function readCell(cells: Uint32Array, digest: Uint32Array, nowSlot: number): NonceEntry | undefined {
  for (let at = startOf(cells, digest[1] ?? 0); ; at = nextOf(cells, at)) {
    const expirySlot = cells[at + EXPIRY] ?? EMPTY;
    if (expirySlot === EMPTY) return undefined;
    if (expirySlot < nowSlot || !isDigestAt(cells, at, digest)) continue;
    const [high = 0, low = 0, claimedMs = 0] = cells.subarray(at + EXPIRY + 1, at + CELL_WORDS);
    return { digest, expirySlot, attempt: [high, low], claimedMs };
  }
}

function isDigestAt(cells: Uint32Array, at: number, digest: Uint32Array): boolean {
  return (
    cells[at] === digest[0] &&
    cells[at + 1] === digest[1] &&
    cells[at + 2] === digest[2] &&
    cells[at + 3] === digest[3]
  );
}

/** Takes the first cell on the way that is empty or expired. */
function place(shard: Shard, nowSlot: number, { digest, expirySlot, attempt, claimedMs }: NonceEntry): void {
  const { cells } = shard;
  let at = startOf(cells, digest[1] ?? 0);
  while ((cells[at + EXPIRY] ?? EMPTY) >= nowSlot) at = nextOf(cells, at);
  if (cells[at + EXPIRY] === EMPTY) shard.used += 1;
  cells.set(digest, at);
  cells[at + EXPIRY] = expirySlot;
  cells[at + EXPIRY + 1] = attempt[0];
  cells[at + EXPIRY + 2] = attempt[1];
  cells[at + EXPIRY + 3] = claimedMs;
}

/** Empties the cells of what expired. */
function tidy(shard: Shard, nowSlot: number, scratch: Uint32Array): void {
  const { cells } = shard;
  scratch.set(cells);
  cells.fill(EMPTY);
  shard.used = 0;
  for (let from = 0; from < scratch.length; from += CELL_WORDS) {
    if ((scratch[from + EXPIRY] ?? EMPTY) < nowSlot) continue;
    let to = startOf(cells, scratch[from + 1] ?? 0);
    while (cells[to + EXPIRY] !== EMPTY) to = nextOf(cells, to);
    for (let word = 0; word < CELL_WORDS; word += 1) cells[to + word] = scratch[from + word] ?? 0;
    shard.used += 1;
  }
}

/** Where the search for a digest with this second word begins. */
function startOf(cells: Uint32Array, word: number): number {
  return Math.floor((word * (cells.length / CELL_WORDS)) / TWO_TO_32) * CELL_WORDS;
}

function nextOf(cells: Uint32Array, at: number): number {
  return at + CELL_WORDS === cells.length ? 0 : at + CELL_WORDS;
}
