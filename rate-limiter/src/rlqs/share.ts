/** What is to be divided. */
export interface ShareInput {
  /** Requests in a period; a whole number. */
  readonly limit: number;
  /** What each stream is asked for, in requests in a period; 0 for an idle one. */
  readonly demands: readonly number[];
  /** Counts up with time: whose turn it is where there are more streams than requests. */
  readonly turn: number;
}

/** Part of the limit that is divided evenly, so that an idle stream can begin without a refusal. */
const FLOOR_PART = 0.02;

/** Shares stay as they are while each is so near to what it should be, as part of the limit: else they flap. */
const TOLERANCE = 0.02;

/**
 * Divides a limit among streams in whole numbers whose sum is the limit: what each asks for and an even part of what is left
 * over, or by demand where they ask for more. `previous` are the shares of the same streams under the same limit, which stay
 * while they fit.
 */
export function share(input: ShareInput, previous?: readonly number[]): readonly number[] {
  const { limit, demands, turn } = input;
  const asking = demands.filter((demand) => demand > 0).length;
  if (limit < asking) return takeTurns(demands, limit, turn);
  const ideal = idealShares(input);
  if (previous !== undefined && fits(previous, ideal, input)) return previous;
  return withOneEach(inWholeNumbers(ideal, limit), demands);
}

/** One request each for as many of those who ask as there are, and for the next ones in the next turn. */
function takeTurns(demands: readonly number[], limit: number, turn: number): readonly number[] {
  const asking = demands.flatMap((demand, index) => (demand > 0 ? [index] : []));
  const first = (turn * limit) % asking.length;
  const chosen = new Set(
    Array.from({ length: limit }, (_, offset) => asking[(first + offset) % asking.length]),
  );
  return demands.map((_, index) => (chosen.has(index) ? 1 : 0));
}

function idealShares({ limit, demands }: ShareInput): readonly number[] {
  const all = demands.reduce((sum, demand) => sum + demand, 0);
  const even = limit / demands.length;
  if (all <= limit) return demands.map((demand) => demand + even - all / demands.length);
  const floor = even * FLOOR_PART;
  return demands.map((demand) => floor + ((limit - floor * demands.length) * demand) / all);
}

function fits(
  previous: readonly number[],
  ideal: readonly number[],
  { limit, demands }: ShareInput,
): boolean {
  const allowed = Math.max(1, limit * TOLERANCE);
  return previous.every((own, index) => {
    const isStarved = own === 0 && (demands[index] ?? 0) > 0;
    return !isStarved && Math.abs(own - (ideal[index] ?? 0)) <= allowed;
  });
}

/** Rounds down, and gives what is left to those who lost most by it. */
function inWholeNumbers(ideal: readonly number[], limit: number): number[] {
  const whole = ideal.map((part) => Math.max(0, Math.floor(part)));
  const left = limit - whole.reduce((sum, part) => sum + part, 0);
  const byLoss = ideal
    .map((part, index) => ({ index, loss: part - Math.floor(part) }))
    .toSorted((a, b) => b.loss - a.loss || a.index - b.index);
  // Sums of fractions can be off by one.
  for (let given = 0; given < left; given += 1) add(whole, byLoss[given % byLoss.length]?.index, 1);
  return whole;
}

/** Whoever asks gets something, at the cost of the largest share. */
function withOneEach(whole: number[], demands: readonly number[]): readonly number[] {
  for (const [index, demand] of demands.entries()) {
    if (demand <= 0 || whole[index] !== 0) continue;
    add(whole, whole.indexOf(Math.max(...whole)), -1);
    add(whole, index, 1);
  }
  return whole;
}

function add(whole: number[], index: number | undefined, change: number): void {
  if (index !== undefined) whole[index] = (whole[index] ?? 0) + change;
}
