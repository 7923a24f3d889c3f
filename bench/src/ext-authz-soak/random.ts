/** Choices that follow from a seed alone. */
export interface Random {
  /** A whole number from 0 to below the limit, which is from 1 to 2^32. */
  below(limit: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(items: readonly T[]): T;
  bytes(size: number): Buffer;
}

const TWO_32 = 2 ** 32;
/** Rounds in which a small seed spreads over all of the state. */
const WARM_UP = 16;

/** The sfc32 generator: small, fast, and passes the usual statistical suites. Not for secrets. */
export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [seed | 0, Math.floor(seed / TWO_32) | 0, 0x9e3779b9 | 0, 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < WARM_UP; round += 1) next();
  const below = (limit: number) => Math.floor((next() / TWO_32) * limit);
  return {
    below,
    chance: (probability) => next() / TWO_32 < probability,
    pick: (items) => {
      const at = below(items.length);
      for (const item of items.slice(at, at + 1)) return item;
      throw new Error('nothing to pick from');
    },
    bytes: (size) => Buffer.from(Array.from({ length: size }, () => below(256))),
  };
}
