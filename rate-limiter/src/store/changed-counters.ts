import { DIGEST_WORDS } from '@paymesh/common/keyed-digest';

import type { CounterMemory, CounterRecord } from './counter-memory.ts';
import type { Digest } from './window-table.ts';

/** Which kept counters changed since they were taken; a memory tells of each once, so there are no more than it has. */
export interface ChangedCounters {
  add(digest: Digest): void;
  /** Takes all, part by part; a part is as it is when it is asked for. All parts must be asked for. */
  take(): Iterable<readonly CounterRecord[]>;
}

/** Counters of a part: half a MiB of the file. */
const PART_WORDS = 4_096 * DIGEST_WORDS;

/** None at first. */
export function createChangedCounters(memory: CounterMemory): ChangedCounters {
  let changed: number[] = [];
  return {
    add: ({ words, at }) => {
      for (let word = at; word < at + DIGEST_WORDS; word += 1) changed.push(words[word] ?? 0);
    },
    *take() {
      const words = Uint32Array.from(changed);
      changed = [];
      for (let at = 0; at < words.length; at += PART_WORDS)
        yield recordsOf(memory, words.subarray(at, at + PART_WORDS));
    },
  };
}

function recordsOf(memory: CounterMemory, words: Uint32Array): readonly CounterRecord[] {
  const records: CounterRecord[] = [];
  for (let at = 0; at < words.length; at += DIGEST_WORDS) {
    const record = memory.takeChanged({ words, at });
    if (record !== undefined) records.push(record);
  }
  return records;
}
