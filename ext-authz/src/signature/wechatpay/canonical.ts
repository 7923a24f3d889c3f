/** What the signature of a merchant's request covers. */
export interface RequestParts extends CallbackParts {
  readonly method: string;
  /** Path with query, as sent. */
  readonly target: string;
}

/** What the signature of a callback, or of an answer, covers. */
export interface CallbackParts {
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: Uint8Array;
}

/** Five lines, each ended by LF; without a body the last is empty. No part but the body may hold an LF. */
export function requestText({ method, target, timestamp, nonce, body }: RequestParts): Buffer {
  return withBody(`${method}\n${target}\n${timestamp}\n${nonce}\n`, body);
}

/** Three lines, each ended by LF. */
export function callbackText({ timestamp, nonce, body }: CallbackParts): Buffer {
  return withBody(`${timestamp}\n${nonce}\n`, body);
}

function withBody(head: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(head, 'latin1'), body, Buffer.from('\n')]);
}
