import type { RateUnit } from '@paymesh/common/policy';

import type { Allowance, Entry, HeaderStyle, JsonObject, Rule } from '../match/index.ts';

/** A question of a proxy, free of its protocol. */
export interface LimitRequest {
  readonly domain: string;
  readonly descriptors: readonly Descriptor[];
}

export interface Descriptor {
  readonly entries: readonly Entry[];
  /** A whole number; 0 only reads, a negative one gives back. */
  readonly hits: number;
  /** A limit that comes with the request and stands in for the rules; unit undefined: not one we know. */
  readonly override?: { readonly requests: number; readonly unit: RateUnit | undefined };
}

/** The answer for one descriptor. */
export interface DescriptorStatus {
  readonly isOver: boolean;
  readonly remaining: number;
  /** Absent where no limit applies. */
  readonly limit?: StatusLimit;
}

export interface StatusLimit {
  /** As it holds now: a fallback may have made it less. */
  readonly requests: number;
  /** What the rule allows, and how it measures. */
  readonly allowance: Allowance;
  /** Empty for none. */
  readonly name: string;
  /** Names the rule, as in metrics. */
  readonly label: string;
  /** Headers of the answer that tell of it. Default: those of the limiter for all rules. */
  readonly headers?: HeaderStyle | undefined;
  /** Whole seconds from 1: when over, until the request would pass; else until all of the limit is free. */
  readonly resetSeconds: number;
}

/** Why a request was limited, or would have been. */
export interface Cause {
  readonly label: string;
  /** Empty for none. */
  readonly name: string;
  readonly outcome: 'over' | 'shadow_over';
}

export type Decision =
  | {
      readonly kind: 'decided';
      readonly isOver: boolean;
      /** One for each descriptor, in order. */
      readonly statuses: readonly DescriptorStatus[];
      /** When the client may try again; only on an answer that is over, of rules that tell it. */
      readonly retryAfterSeconds?: number;
      /** Of the limits that are over the one that holds longest. Absent: none is. */
      readonly cause?: Cause;
      /** What the rules that let the request pass say of themselves; absent: nothing. */
      readonly metadata?: JsonObject;
      /** For the proxy's metadata: hits that it may give back, by `Rule.takenKey`; text, as Envoy wants it. */
      readonly taken?: Readonly<Record<string, string>>;
    }
  /** The request makes no sense. */
  | { readonly kind: 'invalid'; readonly message: string }
  /** No answer can be given: there are no rules, or counts cannot be had and a rule wants them. */
  | { readonly kind: 'unavailable'; readonly message: string };

/** How a decision on one limit came out. */
export type Outcome = 'within' | 'near' | 'over' | 'shadow_over' | 'unlimited';

/** A limit that was counted or, unlimited, let pass. */
export interface DecidedLimit {
  readonly domain: string;
  readonly rule: Rule;
  /** Those it is counted under. */
  readonly entries: readonly Entry[];
  /** Names its counter; empty for an unlimited one. */
  readonly key: string;
  readonly hits: number;
  readonly outcome: Outcome;
  /** How much of the limit is used after the hits, 0 to 1. */
  readonly share: number;
}

/** Told what is decided, for metrics and the top keys. */
export interface LimiterObserver {
  decided(limit: DecidedLimit, nowMs: number): void;
  /** No limit applied; domain undefined: none of the configured ones. */
  unmatched(domain: string | undefined): void;
  /** A limit was answered without its store. */
  fellBack(kind: 'open' | 'closed' | 'local'): void;
}
