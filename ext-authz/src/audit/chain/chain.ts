import type { Secret } from '@paymesh/common/secret';

import { type ChainPoint, sealRecord } from './seal.ts';

/** Bytes at the end of a file that are not of the chain: the rest of a line that was torn, most likely. */
export interface Unchained {
  readonly unchained_bytes: number;
  readonly unchained_sha256: string;
}

export interface ChainOptions {
  readonly from: ChainPoint;
  /** Given, nobody without it can make a chain that verifies. Default: anybody can. */
  readonly key?: Secret | undefined;
  /** Found behind the last record; the first new one tells of them. */
  readonly unchained?: Unchained | undefined;
  /** True when a line feed must end what was torn. Default false. */
  readonly isTorn?: boolean | undefined;
}

/** The end of the chain that a process writes. */
export interface Chain {
  readonly algorithm: 'sha256' | 'hmac-sha256';
  readonly unchained: Unchained | undefined;
  /** The line of a record, which is the next of the chain from now on: it must be written. */
  seal(record: string): string;
}

/** Goes on from a point. */
export function createChain({ from, key, unchained, isTorn = false }: ChainOptions): Chain {
  let last = from;
  let lead = isTorn ? '\n' : '';
  return {
    algorithm: key === undefined ? 'sha256' : 'hmac-sha256',
    unchained,
    seal: (record) => {
      const sealed = sealRecord(record, last, key);
      last = { seq: sealed.seq, hash: sealed.hash };
      const line = lead + sealed.line;
      lead = '';
      return line;
    },
  };
}
