import type { Entry } from '../match/index.ts';

/** A limit as far as proxies can keep it by themselves. */
export interface QuotaRule {
  /** From the configuration, never from a request. */
  readonly label: string;
  /** A whole number. */
  readonly requests: number;
  readonly periodMs: number;
  /** Requests that may pass at once; absent: a small part of the limit. */
  readonly burst?: number;
  /** Proxies go on with their part while the limiter is away. */
  readonly outlivesLimiter: boolean;
  /** Counted, never enforced. */
  readonly isShadow: boolean;
}

/** Finds the limit of a bucket id, whose entries have no order; undefined: there is none, everything may pass. */
export type FindQuotaRule = (domain: string, entries: readonly Entry[]) => QuotaRule | undefined;
