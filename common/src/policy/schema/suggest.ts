/** A set of ten thousand wrong names must not be compared with ten thousand others. */
const MAX_CANDIDATES = 1_000;

/**
 * The candidate that was probably meant: equal but for case, or at most two edits away. In words of up
 * to four letters two edits make any word of any other, so one is the bound; in long ones a quarter is.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = allowedEdits(lower.length) + 1;
  let left = MAX_CANDIDATES;
  for (const candidate of candidates) {
    if (left-- === 0) break;
    if (Math.abs(candidate.length - lower.length) >= bestDistance) continue;
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function allowedEdits(length: number): number {
  return length <= 4 ? 1 : Math.max(2, Math.floor(length / 4));
}

/** The suggestion as the hint of a finding. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const candidate = suggest(word, candidates);
  return candidate === undefined ? undefined : `did you mean "${candidate}"?`;
}

/** Optimal string alignment: insert, delete, replace or swap of neighbours count one each. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) least = Math.min(least, at(beforeLast, j - 2) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
