/** What the peer may still send before it is told to go on. All is taken at once, so it is told when half is used. */
export class ReceiveWindow {
  readonly #maxBytes: number;
  #left: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#left = maxBytes;
  }

  /** Counts what was sent. False when that was more than allowed. */
  take(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }

  /** Bytes to allow now, or 0. */
  giveBack(): number {
    if (this.#left > this.#maxBytes >> 1) return 0;
    const bytes = this.#maxBytes - this.#left;
    this.#left = this.#maxBytes;
    return bytes;
  }
}
