import { crc32 } from 'node:zlib';

import { createKeyedDigest, DIGEST_WORDS, newDigestKey } from '@paymesh/common/keyed-digest';

import { endMs, lengthMs, type Reading } from '../algorithm/index.ts';
import { type Charge, chargeCall, counterName, type ReadState } from './charge.ts';
import { type CounterFile, type CounterFileOptions, openCounterFile } from './counter-file.ts';
import { type CounterMemory, createCounterMemory } from './counter-memory.ts';
import type { CounterStore, Take, Taken } from './types.ts';
import type { Digest } from './window-table.ts';

export interface EmbeddedStoreOptions {
  /** Most counters kept at once. Default 2 000 000. */
  readonly maxCounters?: number | undefined;
}

/** Counters of less are not kept. */
const KEPT_FROM_MS = 60_000;
/** So that one rule, which may take half of it, can have a million. */
const DEFAULT_MAX_COUNTERS = 2_000_000;
/** A call with more makes place for its digests. */
const USUAL_TAKES = 64;

/**
 * Counters in this process: exact, gone with it. A group may make as many as it leaves free: a flood of new
 * values of one rule takes half of the room at most, and the other rules go on. Where there is no room, ended
 * counters are forgotten first; if that frees nothing a new counter is refused, and known counters go on exactly:
 * throwing counters out would let a flood lift the limits of others. Of a name it keeps a keyed digest of 128 bits.
 */
export function createEmbeddedStore({
  maxCounters = DEFAULT_MAX_COUNTERS,
}: EmbeddedStoreOptions = {}): CounterStore {
  return createStore(createCounterMemory(maxCounters));
}

/** One whose counters of more than a minute are also kept in a file. Rejects as `openCounterFile`. */
export async function openKeptStore({
  maxCounters = DEFAULT_MAX_COUNTERS,
  ...options
}: EmbeddedStoreOptions & CounterFileOptions): Promise<CounterStore> {
  const memory = createCounterMemory(maxCounters);
  return createStore(memory, await openCounterFile(options, memory));
}

function createStore(memory: CounterMemory, file?: CounterFile): CounterStore {
  const digestOf = createKeyedDigest(file?.digestKey ?? newDigestKey());
  const onChanged = (digest: Digest): void => file?.changed(digest);
  let digests = new Uint32Array(USUAL_TAKES * DIGEST_WORDS);

  const keep = (take: Take, { state, reading }: Charge, digest: Digest): Reading | undefined => {
    if (state === undefined) return reading;
    const ends = endMs(take.meter, state, take.limit);
    if (memory.update(digest, state, ends, onChanged)) return reading;
    // Hits given back to a counter that is not there need no room.
    if (take.hits < 0) return reading;
    const isKept = file !== undefined && keptMs(take) > KEPT_FROM_MS;
    const isAdded = memory.add({ digest, group: crc32(take.group), state, endMs: ends, isKept });
    if (isAdded && isKept) onChanged(digest);
    return isAdded ? reading : undefined;
  };

  const digestAt = (index: number): Digest => ({ words: digests, at: index * DIGEST_WORDS });
  const read: ReadState = (_take, index) => memory.read(digestAt(index));

  return {
    take: (takes, nowMs): Taken => {
      memory.passTo(nowMs, takes.length);
      if (takes.length * DIGEST_WORDS > digests.length)
        digests = new Uint32Array(takes.length * DIGEST_WORDS);
      takes.forEach((take, index) => {
        digestOf(counterName(take), digests, index * DIGEST_WORDS);
      });
      const charges = chargeCall(takes, read, nowMs);
      const readings = charges.map((charge, index) => {
        const take = takes[index];
        return take === undefined ? undefined : keep(take, charge, digestAt(index));
      });
      return { kind: 'counted', readings };
    },
    close: async () => file?.close(),
  };
}

/** How long a counter may matter: a bucket until it is full again. */
function keptMs({ meter, limit }: Take): number {
  const ownMs = lengthMs(meter);
  return meter.kind === 'bucket' ? ownMs * Math.max(1, meter.burst / Math.max(1, limit)) : ownMs;
}
