/** As the goal is written: 4 connections with 32 calls under way on each. */
export const CONNECTIONS = 4;
export const STREAMS = 32;

/** Which messages are sent. */
export type MessagesSpec =
  /** CheckRequests of a case, each signed with a nonce of its own. */
  | { readonly kind: 'checks'; readonly caseName: string }
  /** RateLimitRequests for so many values, one after the other. */
  | { readonly kind: 'limits'; readonly values: number };

/** What the process of the load does. */
export interface LoadSpec {
  readonly port: number;
  readonly path: string;
  readonly messages: MessagesSpec;
  readonly requests: number;
  /** Sends at this rate whatever comes back. Default: as fast as `STREAMS` on each connection allow. */
  readonly perSecond?: number;
  /** True where the answers are CheckResponses and each should be an allow. */
  readonly wantsAllow: boolean;
}

/** What came of it. */
export interface LoadResult {
  /** Calls a second, without the time in which requests were made. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not the allow that was wanted. */
  readonly denied: number;
}
