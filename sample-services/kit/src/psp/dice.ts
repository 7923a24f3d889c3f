/** Decides which requests a behaviour hits. */
export interface Dice {
  /** True for exactly `percent` of each hundred calls with this name, in an order that the seed decides. */
  isHit(name: string, percent: number): boolean;
}

const ROUND = 100;

/** Dice without chance: a shuffled round of a hundred, so that shares are exact and runs can be repeated. */
export function createDice(seed: number): Dice {
  const round = shuffledRound(seed);
  const counts = new Map<string, number>();
  return {
    isHit: (name, percent) => {
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      return (round[count % ROUND] ?? 0) < percent;
    },
  };
}

/** Fisher-Yates over 0..99 with a linear congruential generator (Numerical Recipes). */
function shuffledRound(seed: number): readonly number[] {
  const round = Array.from({ length: ROUND }, (_, index) => index);
  let state = seed >>> 0;
  for (let last = ROUND - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    const kept = round[last] ?? 0;
    round[last] = round[other] ?? 0;
    round[other] = kept;
  }
  return round;
}
