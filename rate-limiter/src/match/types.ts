import type { CalendarUnit } from '@paymesh/common/policy';

import type { Period } from '../algorithm/index.ts';

/** One `key=value` of a descriptor. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** What a rule allows. */
export type Allowance =
  /** So many requests in each period. */
  | {
      readonly kind: 'rate';
      readonly requests: number;
      readonly period: Period;
      readonly algorithm: Algorithm;
    }
  /** So many requests under way; one whose end is never told ends after `holdMs`. */
  | { readonly kind: 'concurrency'; readonly requests: number; readonly holdMs: number }
  | { readonly kind: 'unlimited' };

/** How a rate is kept. */
export type Algorithm =
  /** Windows aligned to the Unix epoch, as in envoyproxy/ratelimit. */
  | { readonly kind: 'fixed' }
  /** Windows of the calendar of a time zone: the period is one of this unit. */
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit; readonly timeZone: string }
  | { readonly kind: 'sliding' }
  /** A token bucket that holds `burst` requests. */
  | { readonly kind: 'bucket'; readonly burst: number };

/** What holds for a rule while its count cannot be had. */
export type OnStoreDown =
  /** Pass, as if nothing had been counted. */
  | { readonly kind: 'open' }
  /** The whole call fails, so that the failure mode of the proxy's filter decides. */
  | { readonly kind: 'closed' }
  /** Count in this process, against `factor` of the rate. */
  | { readonly kind: 'local'; readonly factor: number };

/**
 * Headers of an answer that tell of limits: `draft` RateLimit and RateLimit-Policy of
 * draft-ietf-httpapi-ratelimit-headers, `x-ratelimit` X-RateLimit-Limit, -Remaining and -Reset.
 */
export type HeaderStyle = 'draft' | 'x-ratelimit' | 'none';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** A limit as the tree holds it. */
export interface Rule {
  /** Names the rule in metrics and on the admin port: a value from the configuration, never from a request. */
  readonly label: string;
  /** Name shown to the client and used by `replaces`; empty for none. */
  readonly name: string;
  readonly allowance: Allowance;
  /** A request that is denied, by this limit or another, takes nothing from this one. */
  readonly isSpared: boolean;
  /** Names of rules that do not count when this one matches the same request. */
  readonly replaces: readonly string[];
  /** Counted and measured, never enforced. */
  readonly isShadow: boolean;
  /** Part of a quota: the request is over only when every quota rule is. */
  readonly isQuota: boolean;
  /** Told to whoever asks where this limit lets a request pass; plain JSON from the configuration. */
  readonly metadata?: JsonObject;
  /** Metadata key under which the proxy is told how many hits a request took, to give them back. Absent: it is not told. */
  readonly takenKey?: string;
  /** Whether a limited client is told when to come back. */
  readonly sendsRetryAfter: boolean;
  readonly onStoreDown: OnStoreDown;
  /** Default: the headers that the limiter was started with. */
  readonly headers?: HeaderStyle;
}

/** What the value of an entry must be: anything, one text, or a pattern with `*` for any run of characters. */
export type ValueMatch =
  | { readonly kind: 'any' }
  | { readonly kind: 'exact'; readonly value: string }
  | { readonly kind: 'wildcard'; readonly pattern: string };

/** A node of the tree as configuration declares it. */
export interface NodeSpec {
  readonly key: string;
  /** True when `*` in the key stands for any run of characters. */
  readonly isKeyPattern: boolean;
  readonly value: ValueMatch;
  /** All values that match the wildcard share one counter. */
  readonly sharesCounter: boolean;
  /** All of them hold. None: a match that ends here is free. */
  readonly rules: readonly Rule[];
  readonly children: readonly NodeSpec[];
}

/** One level of the tree, compiled for lookup. */
export interface Level {
  /** Key to value to node. */
  readonly exact: ReadonlyMap<string, ReadonlyMap<string, Node>>;
  /** In declared order: the first that matches wins. */
  readonly wildcards: readonly Wildcard[];
  /** Key to the node that takes every value. */
  readonly anyValue: ReadonlyMap<string, Node>;
}

export interface Wildcard {
  readonly matches: (entry: Entry) => boolean;
  /** The value that all matching ones are counted under; undefined: each under its own. */
  readonly sharedValue: string | undefined;
  readonly node: Node;
}

export interface Node {
  readonly rules: readonly Rule[];
  /** Undefined for a leaf. */
  readonly children: Level | undefined;
}

/** What a descriptor met in the tree. */
export interface Match {
  /** At least one. */
  readonly rules: readonly Rule[];
  /** The entries to count under: those of the descriptor, values of shared wildcards replaced. */
  readonly entries: readonly Entry[];
}
