import { DIGEST_WORDS } from '@paymesh/common/keyed-digest';

import type { BucketState, SliceState } from '../algorithm/index.ts';
import type { Digest } from './window-table.ts';

/** A counter that is more than a number. */
export interface StateCounter {
  readonly group: number;
  readonly isKept: boolean;
  state: SliceState | BucketState;
  /** From then on it counts as none. */
  endMs: number;
  /** Its last state is not in the file yet. */
  isChanged: boolean;
}

/** Slices and buckets by digest: some 300 bytes each. */
export interface StateMap {
  get(digest: Digest): StateCounter | undefined;
  set(digest: Digest, counter: StateCounter): void;
  /** Looks at so many counters, the next ones in turn, and takes out those that ended. */
  forgetSome(count: number, nowMs: number): void;
  all(): Iterable<readonly [Digest, StateCounter]>;
}

/** `onForgotten` is told the group of each counter that is taken out. */
export function createStateMap(onForgotten: (group: number) => void): StateMap {
  const counters = new Map<string, StateCounter>();
  let turn = counters.entries();
  return {
    get: (digest) => (counters.size === 0 ? undefined : counters.get(textOf(digest))),
    set: (digest, counter) => void counters.set(textOf(digest), counter),
    forgetSome: (count, nowMs) => {
      for (let left = Math.min(count, counters.size); left > 0; left -= 1) {
        let next = turn.next();
        if (next.done === true) {
          turn = counters.entries();
          next = turn.next();
        }
        if (next.done === true) return;
        const [text, { endMs, group }] = next.value;
        if (endMs > nowMs) continue;
        counters.delete(text);
        onForgotten(group);
      }
    },
    *all() {
      for (const [text, counter] of counters) yield [digestOf(text), counter];
    },
  };
}

/** 16 bits a character. */
function textOf({ words, at }: Digest): string {
  const [a = 0, b = 0, c = 0, d = 0] = words.subarray(at, at + DIGEST_WORDS);
  return String.fromCharCode(
    a >>> 16,
    a & 0xff_ff,
    b >>> 16,
    b & 0xff_ff,
    c >>> 16,
    c & 0xff_ff,
    d >>> 16,
    d & 0xff_ff,
  );
}

function digestOf(text: string): Digest {
  const words = new Uint32Array(DIGEST_WORDS);
  for (let word = 0; word < DIGEST_WORDS; word += 1) {
    words[word] = (text.charCodeAt(word * 2) << 16) | text.charCodeAt(word * 2 + 1);
  }
  return { words, at: 0 };
}
