import type { CallStatus } from './status.ts';

/** The bytes of the answer, or the status that stands for one. */
export type Reply = Uint8Array | CallStatus;

/** What the headers of a call say besides what HTTP and gRPC need of them. */
export interface CallMetadata {
  /** The first value of a header, by its name in lower case. */
  get(name: string): string | undefined;
}

/**
 * Answers one call: raw message in, raw message out. The bytes are valid until it has answered: keep copies.
 * What it throws or rejects with becomes INTERNAL, without its text.
 */
export type UnaryHandler = (message: Buffer, metadata: CallMetadata) => Reply | Promise<Reply>;

/** Answers a call with any number of messages: gives what to do when the caller is gone. */
export type WatchHandler = (message: Buffer, send: (message: Uint8Array) => void) => () => void;

/** What is served at a path. */
export type Method =
  | { readonly kind: 'unary'; readonly handle: UnaryHandler }
  | { readonly kind: 'watch'; readonly open: WatchHandler };
