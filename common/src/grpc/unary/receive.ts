import type { Budget } from './budget.ts';
import { type Collector, createCollector } from './collector.ts';
import { MORE_THAN_ONE, type Received, readFrame, refused } from './frame.ts';
import { Code } from './status.ts';

export interface ReceiveLimits {
  /** Largest message, in bytes. */
  readonly maxReceiveBytes: number;
  /** For messages that come in pieces, of all calls of one connection. */
  readonly budget: Budget;
}

const NOT_ONE = refused(Code.internal, 'the call ended without a whole message');

/** The one message of a call, from its first byte on. */
export class Reception {
  readonly #limits: ReceiveLimits;
  #received: Received | undefined;
  #collector: Collector | undefined;

  constructor(limits: ReceiveLimits) {
    this.#limits = limits;
  }

  /** Takes the next bytes. */
  add(chunk: Buffer): Received {
    if (this.#received?.kind === 'refused') return this.#received;
    this.#received = this.#read(chunk);
    return this.#received;
  }

  /** All is there: the message, or why it is none. */
  end(): Exclude<Received, { kind: 'incomplete' }> {
    const received = this.#received;
    return received === undefined || received.kind === 'incomplete' ? NOT_ONE : received;
  }

  /** Forgets what was gathered. */
  release(): void {
    this.#collector?.release();
  }

  #read(chunk: Buffer): Received {
    const { maxReceiveBytes, budget } = this.#limits;
    if (this.#collector !== undefined) return this.#collector.add(chunk);
    if (this.#received !== undefined) return MORE_THAN_ONE;
    const first = readFrame(chunk, maxReceiveBytes);
    // Nearly always the message is whole in the first piece, and nothing is copied.
    if (first.kind !== 'incomplete') return first;
    this.#collector = createCollector(maxReceiveBytes, budget);
    return this.#collector.add(chunk);
  }
}
