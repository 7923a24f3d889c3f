import { createHash, type Hash } from 'node:crypto';

import type { RecordHead } from './chain-facts.ts';
import type { FileLine } from './read-lines.ts';
import { MAX_TAIL_BYTES } from './resume-chain.ts';

/** Lines that are of no chain, until a record tells of them or does not. */
export interface UnchainedLines {
  /** The first of them; undefined when there are none. */
  readonly first: FileLine | undefined;
  /** False when they are more than a record can tell of. */
  add(line: FileLine): boolean;
  /** True when this record tells of exactly these bytes, which are forgotten then. */
  isToldBy(head: RecordHead): boolean;
  /** True when they are the beginning of this line: it was torn at the end of one file and is whole in the next. */
  isBeginOf(line: FileLine): boolean;
  forget(): void;
}

/** As much as is looked at when a chain is resumed, and a line feed. */
const MAX_BYTES = MAX_TAIL_BYTES + 1;

/** Bounded: the lines are hashed, not kept. */
export function createUnchainedLines(): UnchainedLines {
  let first: FileLine | undefined;
  let lines = 0;
  let bytes = 0;
  let hash: Hash = createHash('sha256');
  const forget = () => {
    first = undefined;
    lines = 0;
    bytes = 0;
    hash = createHash('sha256');
  };
  return {
    get first() {
      return first;
    },
    add: (line) => {
      first ??= line;
      lines += 1;
      bytes += line.bytes.byteLength + 1;
      hash.update(line.bytes).update('\n');
      return bytes <= MAX_BYTES;
    },
    isToldBy: ({ msg, unchainedBytes, unchainedSha256 }) =>
      msg === 'start' && unchainedBytes === bytes && unchainedSha256 === hash.copy().digest('hex'),
    isBeginOf: (line) =>
      first !== undefined &&
      lines === 1 &&
      !first.isEnded &&
      first.file !== line.file &&
      line.bytes.subarray(0, first.bytes.byteLength).equals(first.bytes),
    forget,
  };
}
