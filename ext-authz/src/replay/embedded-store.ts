import type { Clock } from '@paymesh/common/clock';

import { createKeyedDigest, DIGEST_WORDS, newDigestKey } from '@paymesh/common/keyed-digest';
import type { NonceFile } from './nonce-file.ts';
import { IDEMPOTENT_MS, type NonceStore } from './nonce-store.ts';
import { createNonceTable, type NonceEntry } from './nonce-table.ts';
import { createSlotLedger } from './slot-ledger.ts';

export interface EmbeddedStoreOptions {
  /** Most nonces remembered at once; a claim beyond is `full`. Default 1 000 000. */
  readonly maxEntries?: number | undefined;
  /** Default a monotonic clock: a step of the wall clock must not make the store forget. */
  readonly clock?: Clock | undefined;
  /** Remembers across restarts; closed with the store. Default: none, a restart forgets. */
  readonly file?: NonceFile | undefined;
}

export interface EmbeddedStore extends NonceStore {
  /** Nonces remembered now. */
  size(): number;
}

const DEFAULT_MAX_ENTRIES = 1_000_000;
/** Width of a slot of expiry times: so much longer than asked a nonce may be held. */
const SLOT_MS = 1_000;
const NO_ATTEMPT = [0, 0] as const;

/**
 * Nonces in the memory of this process: for one replica. It evicts nothing before its time, since an
 * evicted nonce could be replayed; when full it refuses. Of a nonce it keeps a keyed digest of 128 bits
 * (`createKeyedDigest` says why that is exact enough): 48 bytes for each of `maxEntries`, taken bit by bit as they come.
 */
export function createEmbeddedStore(options: EmbeddedStoreOptions = {}): EmbeddedStore {
  const { maxEntries = DEFAULT_MAX_ENTRIES, clock = monotonicClock, file } = options;
  const digestOf = createKeyedDigest(file?.digestKey ?? newDigestKey());
  // More may be held in the file, from a start with a higher bound.
  const table = createNonceTable(Math.max(maxEntries, file?.records ?? 0));
  const ledger = createSlotLedger();
  const elapsedMs = createElapsed(clock);
  const digest = new Uint32Array(DIGEST_WORDS);
  let sweptSlot = slotOf(0);
  let isClosed = false;

  /** Forgets what expired, once in a slot. Gives the slot of now. */
  function sweep(nowMs: number): number {
    const nowSlot = slotOf(nowMs);
    if (nowSlot === sweptSlot) return nowSlot;
    sweptSlot = nowSlot;
    const over = ledger.expire(nowSlot);
    file?.release(over);
    if (ledger.count() === 0) table.clear();
    return nowSlot;
  }

  function remember(entry: NonceEntry, place: number | undefined): boolean {
    const isKept = table.add(entry, sweptSlot);
    if (isKept) ledger.add(entry.expirySlot, place);
    return isKept;
  }

  /** Two words, never both 0: that means none. */
  function nameAttempt(attempt: string | undefined): NonceEntry['attempt'] {
    return attempt === undefined ? NO_ATTEMPT : wordsOf(attempt);
  }

  file?.restore((restored, remainingMs, place) => {
    const entry = { digest: restored, attempt: NO_ATTEMPT, claimedMs: 0 };
    const isKept = remember({ ...entry, expirySlot: slotOf(remainingMs) }, place);
    if (!isKept) throw new Error('the nonces of the file do not fit into memory');
  });

  return {
    claim: (key, ttlMs, attempt) => {
      if (isClosed) return 'unavailable';
      const nowMs = elapsedMs();
      const nowSlot = sweep(nowMs);
      digestOf(`nonce ${key}`, digest);
      const held = table.find(digest, nowSlot);
      if (held !== undefined) {
        if (attempt === undefined || !isRepeat(held, nameAttempt(attempt), nowMs)) return 'replayed';
        return 'fresh';
      }
      if (ledger.count() >= maxEntries) return 'full';
      const place = file?.write(digest, ttlMs);
      if (place === 'failed') return 'unavailable';
      const claimedMs = Math.floor(nowMs) >>> 0;
      const expirySlot = slotOf(nowMs + ttlMs);
      const entry = { digest, expirySlot, attempt: nameAttempt(attempt), claimedMs };
      return remember(entry, place) ? 'fresh' : 'full';
    },
    size: () => {
      sweep(elapsedMs());
      return ledger.count();
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      table.clear();
      await file?.close();
    },
  };
}

const monotonicClock: Clock = { now: () => performance.now() };

/** Milliseconds since now. When the clock steps back, time stands still: nothing is forgotten twice. */
function createElapsed(clock: Clock): () => number {
  const startMs = clock.now();
  let latestMs = 0;
  return () => {
    latestMs = Math.max(latestMs, clock.now() - startMs);
    return latestMs;
  };
}

/** FNV-1a, twice with different starts. No secret is needed: nobody chooses the name of an attempt but the proxy. */
function wordsOf(attempt: string): NonceEntry['attempt'] {
  let one = 0x81_1c_9d_c5;
  let other = 0x9e_37_79_b9;
  for (let index = 0; index < attempt.length; index += 1) {
    const code = attempt.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01_00_01_93);
    other = Math.imul(other ^ code, 0x01_00_01_93);
  }
  // Never both 0, which means none.
  return [one >>> 0, (other | 1) >>> 0];
}

function slotOf(ms: number): number {
  return Math.floor(ms / SLOT_MS) + 1;
}

/** The subtraction is in 32 bits, as claimedMs is kept. */
function isRepeat(held: NonceEntry, attempt: NonceEntry['attempt'], nowMs: number): boolean {
  const ageMs = (Math.floor(nowMs) - held.claimedMs) >>> 0;
  return ageMs <= IDEMPOTENT_MS && held.attempt[0] === attempt[0] && held.attempt[1] === attempt[1];
}
