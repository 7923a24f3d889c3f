/** So many at once, then so many a second. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const MS_PER_SECOND = 1_000;

/** A token bucket for what a peer may do without use. */
export class Allowance {
  readonly #rate: Rate;
  #left: number;
  #atMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#left = rate.burst;
    this.#atMs = nowMs;
  }

  /** False when it is used up. */
  take(nowMs: number): boolean {
    this.earn(((nowMs - this.#atMs) * this.#rate.perSecond) / MS_PER_SECOND);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  /** Gives some back, never more than `burst` in all. */
  earn(count: number): void {
    this.#left = Math.min(this.#rate.burst, this.#left + count);
  }
}
