/** Hits for one counter. */
export interface Take {
  /** Names the counter without its window. */
  readonly key: string;
  /**
   * Whose room a new counter takes: that of one rule. No part of its name, for rules may share a counter. From the
   * configuration, so there are only so many.
   */
  readonly group: string;
  readonly windowStartMs: number;
  readonly windowMs: number;
  /** A whole number; 0 only reads, a negative one gives back. */
  readonly hits: number;
}

/** What became of a list of takes. */
export type Taken =
  | {
      readonly kind: 'counted';
      /** Count after each take, in order; undefined where there was no room for a new counter. */
      readonly counts: readonly (number | undefined)[];
    }
  /** Nothing is known: the hits may or may not have been counted. */
  | {
      readonly kind: 'down';
      readonly reason: string;
      /** There is no connection: the next call can only fail too. */
      readonly isDisconnected?: boolean;
    };

/**
 * Counts hits per counter and window. Each take is atomic; takes apply in order, a later one of the
 * same counter sees the earlier. Never rejects.
 */
export interface CounterStore {
  take(takes: readonly Take[], nowMs: number): Promise<Taken>;
  close(): Promise<void>;
}

/** A store that may be away, and can be asked whether it is back. */
export interface ProbedStore extends CounterStore {
  /** True when the store counts. Never rejects. */
  probe(): Promise<boolean>;
}
