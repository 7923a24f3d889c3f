import { createHash, createHmac } from 'node:crypto';

import type { Secret } from '@paymesh/common/secret';

/** A place in the chain: after the record with this number and hash. */
export interface ChainPoint {
  /** 0 before the first record. */
  readonly seq: number;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

/** What a sealed line says of itself. */
export interface Seal extends ChainPoint {
  /** Hash of the record before it. */
  readonly prev: string;
  /** The bytes that its hash is over: the line without its hash. */
  readonly body: string;
}

export const GENESIS: ChainPoint = { seq: 0, hash: '0'.repeat(64) };

const SEAL = /,"seq":([1-9]\d{0,14}),"prev":"([0-9a-f]{64})","hash":"([0-9a-f]{64})"\}$/;
/** `,"hash":"` and 64 digits and `"}`. */
const HASH_LENGTH = 75;

/**
 * The record after a point, with number, hash of the one before, and its own hash at its end. The hash is SHA-256,
 * or HMAC-SHA-256 with a key, over the 32 bytes of the hash before and the bytes of the line without its own hash.
 */
export function sealRecord(
  record: string,
  after: ChainPoint,
  key: Secret | undefined,
): Seal & { readonly line: string } {
  const seq = after.seq + 1;
  const body = `${record.slice(0, -1)},"seq":${seq},"prev":"${after.hash}"}`;
  const hash = sealHash(body, after.hash, key);
  return { seq, prev: after.hash, hash, body, line: `${body.slice(0, -1)},"hash":"${hash}"}` };
}

/** The seal of a line, whose `body` is encoded as that is; undefined for one that has none. Whether it is right is not looked at. */
export function readSeal(line: string): Seal | undefined {
  const match = SEAL.exec(line);
  if (match === null) return undefined;
  const [, seq = '', prev = '', hash = ''] = match;
  return { seq: Number(seq), prev, hash, body: `${line.slice(0, -HASH_LENGTH)}}` };
}

/** 64 hexadecimal digits. Text counts as UTF-8. */
export function sealHash(body: string | Uint8Array, prev: string, key: Secret | undefined): string {
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', key.reveal());
  return hash.update(prev, 'hex').update(body).digest('hex');
}
