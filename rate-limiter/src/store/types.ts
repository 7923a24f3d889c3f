import type { Meter, Reading } from '../algorithm/index.ts';

/** Hits for one counter under one limit. */
export interface Take {
  /** Names the counter, without the window of a `window` meter: that is part of its name too. */
  readonly key: string;
  /**
   * Whose room a new counter takes: that of one rule. No part of its name, for rules may share a counter. From the
   * configuration, so there are only so many.
   */
  readonly group: string;
  readonly meter: Meter;
  readonly limit: number;
  /** A whole number; 0 only reads, a negative one gives back. */
  readonly hits: number;
  /** Being over this limit denies the whole call: false in shadow, and for quota rules. */
  readonly isEnforced: boolean;
  /** One of the quota rules of the call, which deny it when all of them are over. */
  readonly isQuota: boolean;
  /** Its hits do not count where it is over itself or the call is denied; hits given back always count. */
  readonly isSpared: boolean;
  /** Of hits given back to a limit on concurrency: the slice in which they were taken. Default: nobody knows. */
  readonly slice?: number | undefined;
}

/** What became of a call. */
export type Taken =
  | {
      readonly kind: 'counted';
      /** One for each take, in order; undefined where there was no room for a new counter. */
      readonly readings: readonly (Reading | undefined)[];
    }
  /** Nothing is known: the hits may or may not have been counted. */
  | {
      readonly kind: 'down';
      readonly reason: string;
      /** There is no connection: the next call can only fail too. */
      readonly isDisconnected?: boolean;
    };

/**
 * Keeps counters. The takes of one call are those of one request: they are charged together or, where they are
 * spared, not at all, and nothing comes between. They apply in order, a later one of the same counter sees the
 * earlier. Never rejects; answers at once where it need not wait.
 */
export interface CounterStore {
  take(takes: readonly Take[], nowMs: number): Taken | Promise<Taken>;
  close(): Promise<void>;
}

/** A store that may be away, and can be asked whether it is back. */
export interface ProbedStore extends CounterStore {
  /** The nodes that count these, each once: one may be away and the others not. */
  nodesOf(takes: readonly Take[]): readonly string[];
  /** True when that node counts. Never rejects. */
  probe(node: string): Promise<boolean>;
}
