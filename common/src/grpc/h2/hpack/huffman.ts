import { HUFFMAN_LENGTHS } from './huffman-lengths.ts';

/**
 * A step takes four bits: from a place inside the tree of codes to another. The shortest code has five bits, so a
 * step gives one byte at most. Bits of a step: 0-7 the next place, 8-15 the byte, then the flags.
 */
const GIVES_BYTE = 1 << 16;
const IS_BROKEN = 1 << 17;
const BITS = 4;
const STEPS_PER_PLACE = 1 << BITS;
const EOS = 256;
/** Padding is the beginning of EOS and shorter than a byte. (RFC 7541, 5.2) */
const MAX_PADDING_BITS = 7;

interface Place {
  readonly index: number;
  /** A place, or the byte that ends here. */
  readonly next: [Place | number, Place | number];
}

const places = growTree();
const steps = Int32Array.from(places.flatMap((place) => stepsFrom(place)));
const canEnd = endings();

/** Decodes bytes into `target`, which has room for 8/5 of them. Gives how many there are, -1 where the code is broken. */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let place = 0;
  let size = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    let step = steps[place * STEPS_PER_PLACE + (byte >> BITS)] ?? IS_BROKEN;
    if ((step & GIVES_BYTE) !== 0) target[size++] = (step >> 8) & 0xff;
    const isBroken = step & IS_BROKEN;
    step = steps[(step & 0xff) * STEPS_PER_PLACE + (byte & (STEPS_PER_PLACE - 1))] ?? IS_BROKEN;
    if (((step | isBroken) & IS_BROKEN) !== 0) return -1;
    if ((step & GIVES_BYTE) !== 0) target[size++] = (step >> 8) & 0xff;
    place = step & 0xff;
  }
  return canEnd.has(place) ? size : -1;
}

function growTree(): readonly Place[] {
  const root: Place = { index: 0, next: [-1, -1] };
  const all = [root];
  let code = 0;
  for (let length = 1; length <= Math.max(...HUFFMAN_LENGTHS); length += 1) {
    code <<= 1;
    for (const [symbol, bits] of HUFFMAN_LENGTHS.entries()) {
      if (bits !== length) continue;
      plant(all, root, { symbol, code, length });
      code += 1;
    }
  }
  return all;
}

function plant(
  all: Place[],
  root: Place,
  { symbol, code, length }: { symbol: number; code: number; length: number },
): void {
  let place = root;
  for (let bit = length - 1; bit > 0; bit -= 1) {
    const side = ((code >> bit) & 1) as 0 | 1;
    let next = place.next[side];
    if (typeof next === 'number') {
      next = { index: all.length, next: [-1, -1] };
      all.push(next);
      place.next[side] = next;
    }
    place = next;
  }
  place.next[(code & 1) as 0 | 1] = symbol;
}

function stepsFrom(start: Place): readonly number[] {
  return Array.from({ length: STEPS_PER_PLACE }, (_, bits) => {
    let place = start;
    let given = 0;
    for (let bit = BITS - 1; bit >= 0; bit -= 1) {
      const next = place.next[((bits >> bit) & 1) as 0 | 1];
      if (next === EOS) return IS_BROKEN;
      if (typeof next === 'number') given = GIVES_BYTE | (next << 8);
      place = typeof next === 'number' ? (places[0] ?? place) : next;
    }
    return given | place.index;
  });
}

/** The places in which a text may end: at most seven ones after its last byte. */
function endings(): ReadonlySet<number> {
  const found = new Set<number>();
  let [place] = places;
  for (let ones = 0; ones <= MAX_PADDING_BITS && place !== undefined; ones += 1) {
    found.add(place.index);
    const next: Place | number = place.next[1];
    place = typeof next === 'number' ? undefined : next;
  }
  return found;
}
