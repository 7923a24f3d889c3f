import { type CallStatus, Code } from './status.ts';

/** A byte that tells whether the message is compressed, and four that tell its length. */
const PREFIX_BYTES = 5;
const LENGTH_OFFSET = 1;
const prefix = Buffer.alloc(PREFIX_BYTES);

/** What goes before a message of this size. One for all calls: valid until the next. */
export function messagePrefix(bytes: number): Uint8Array {
  prefix.writeUInt32BE(bytes, LENGTH_OFFSET);
  return prefix;
}

/** The one message of a unary call, as far as it came. */
export type Received =
  | { readonly kind: 'message'; readonly message: Buffer }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused'; readonly status: CallStatus };

const INCOMPLETE: Received = { kind: 'incomplete' };
/** What a unary call must not have. */
export const MORE_THAN_ONE = refused(Code.unimplemented, 'more than one message in a unary call');

/** Reads the bytes of a call so far, which hold no more than one message. Copies nothing. */
export function readFrame(bytes: Buffer, maxBytes: number): Received {
  if (bytes.byteLength < PREFIX_BYTES) return INCOMPLETE;
  if (bytes[0] !== 0) return refused(Code.unimplemented, 'compressed messages are not taken');
  const length = bytes.readUInt32BE(LENGTH_OFFSET);
  if (length > maxBytes) {
    return refused(Code.resourceExhausted, `a message of ${length} bytes is larger than ${maxBytes}`);
  }
  const end = PREFIX_BYTES + length;
  if (bytes.byteLength < end) return INCOMPLETE;
  if (bytes.byteLength > end) return MORE_THAN_ONE;
  return { kind: 'message', message: bytes.subarray(PREFIX_BYTES) };
}

/** What was received ends the call with this status. */
export function refused(code: number, details: string): Extract<Received, { kind: 'refused' }> {
  return { kind: 'refused', status: { code, details } };
}
