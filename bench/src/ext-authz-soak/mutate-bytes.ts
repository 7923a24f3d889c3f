import type { Random } from './random.ts';

/** Changes the encoding of a message; `donor` is another one. */
type BytesMutator = (bytes: Buffer, random: Random, donor: Buffer) => Buffer;

const MAX_RUN = 64;
const MAX_GARBAGE = 512;

const MUTATORS: readonly BytesMutator[] = [
  (bytes, random) => {
    const bent = Buffer.from(bytes);
    for (let count = 1 + random.below(3); count > 0; count -= 1) {
      const at = random.below(bent.length);
      bent[at] = (bent[at] ?? 0) ^ (1 << random.below(8));
    }
    return bent;
  },
  (bytes, random) => {
    const bent = Buffer.from(bytes);
    bent[random.below(bent.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
    return bent;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => cut(bytes, random, Buffer.alloc(0)),
  (bytes, random) => cut(bytes, random, random.bytes(1 + random.below(8))),
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(at - random.below(MAX_RUN), 0))]);
  },
  // Two messages in a row are one to protobuf: later fields win, lists are joined.
  (bytes, _, donor) => Buffer.concat([bytes, donor]),
  (bytes, random, donor) =>
    Buffer.concat([
      bytes.subarray(0, random.below(bytes.length)),
      donor.subarray(random.below(donor.length)),
    ]),
];

/** Bends the encoding of a message in one way. */
export function mutateBytes(bytes: Uint8Array, random: Random, donor: Uint8Array): Uint8Array {
  return random.pick(MUTATORS)(Buffer.from(bytes), random, Buffer.from(donor));
}

/** Bytes that nobody signed, and most of which are no message. */
export function garbage(random: Random): Uint8Array {
  return random.bytes(random.below(MAX_GARBAGE));
}

function cut(bytes: Buffer, random: Random, filling: Buffer): Buffer {
  const at = random.below(bytes.length);
  return Buffer.concat([bytes.subarray(0, at), filling, bytes.subarray(at + random.below(MAX_RUN))]);
}
