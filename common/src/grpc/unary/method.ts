import type { CallStatus } from './status.ts';

/** The bytes of the answer, or the status that stands for one. */
export type Reply = Uint8Array | CallStatus;

/**
 * Answers one call: raw message in, raw message out. The bytes are valid until it has answered: keep copies.
 * What it throws or rejects with becomes INTERNAL, without its text.
 */
export type UnaryHandler = (message: Buffer) => Reply | Promise<Reply>;

/** Answers a call with any number of messages: gives what to do when the caller is gone. */
export type WatchHandler = (message: Buffer, send: (message: Uint8Array) => void) => () => void;

/** What is served at a path. */
export type Method =
  | { readonly kind: 'unary'; readonly handle: UnaryHandler }
  | { readonly kind: 'watch'; readonly open: WatchHandler };
