import { randomFillSync } from 'node:crypto';

/** Base 32 of Crockford: sorts as its numbers do, and has no letters that are read as digits. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;
/** Random bytes are drawn for so many ids at once. */
const POOL_BYTES = RANDOM_CHARACTERS * 256;

const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** A ULID: 48 bits of milliseconds and 80 random bits in 26 characters, so that ids sort by time. */
export function decisionId(nowMs: number): string {
  if (used === POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  let random = '';
  // Five bits of each byte: 256 is a multiple of 32, so every character is as likely as another.
  for (const byte of pool.subarray(used, used + RANDOM_CHARACTERS)) random += ALPHABET.charAt(byte % 32);
  used += RANDOM_CHARACTERS;
  return timePart(nowMs) + random;
}

function timePart(nowMs: number): string {
  let rest = Math.max(Math.trunc(nowMs), 0);
  let text = '';
  for (let index = 0; index < TIME_CHARACTERS; index += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
