import type { ResourceType } from '../snapshot/index.ts';

/** What a stream is: several may carry the same node while a proxy reconnects. */
export interface StreamIdentity {
  /** Unique within this process. */
  readonly stream: number;
  readonly node: string;
}

/** A response that was written. */
export interface SentResponse {
  readonly nonce: string;
  readonly version: string;
  /** Name to version of each resource in it. */
  readonly resources: ReadonlyMap<string, string>;
  readonly sentAtMs: number;
}

/** What a client refused, shortened so that no resource and no secret is in it. */
export interface Nack {
  readonly type: ResourceType;
  readonly nonce: string;
  readonly version: string;
  /** Resources of the refused response; only the culprits where Envoy names them. */
  readonly names: readonly string[];
  readonly message: string;
  readonly atMs: number;
}

/** What happens on streams, for status, metrics and log. */
export type AdsEvent = StreamIdentity &
  (
    | { readonly kind: 'open'; readonly atMs: number }
    | { readonly kind: 'close'; readonly atMs: number }
    | { readonly kind: 'sent'; readonly type: ResourceType; readonly response: SentResponse }
    | {
        readonly kind: 'ack';
        readonly type: ResourceType;
        readonly response: SentResponse;
        readonly latencyMs: number;
      }
    | { readonly kind: 'nack'; readonly nack: Nack }
    /** A response was not answered by its deadline; what waited for it goes on. */
    | { readonly kind: 'late'; readonly type: ResourceType; readonly response: SentResponse }
    /** A defect ended the stream; the others go on. */
    | { readonly kind: 'failed'; readonly error: unknown }
    /** The client is known to run all of the snapshot that it subscribes to. */
    | { readonly kind: 'synced'; readonly version: string; readonly lagMs: number }
  );

/** Receives the events of all streams, in order. Must not throw. */
export type AdsObserver = (event: AdsEvent) => void;
