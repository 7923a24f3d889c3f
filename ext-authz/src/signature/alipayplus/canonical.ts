/** What a signature covers. */
export interface SignedParts {
  readonly method: string;
  /** Path with query, as sent. */
  readonly target: string;
  readonly clientId: string;
  readonly time: string;
  readonly body: Uint8Array;
}

/**
 * `METHOD target LF clientId.time.body`, no LF at the end. It reads one way only: a client id holds no dot, and a
 * time has one of two forms that show their own end.
 */
export function canonicalText({ method, target, clientId, time, body }: SignedParts): Buffer {
  return Buffer.concat([Buffer.from(`${method} ${target}\n${clientId}.${time}.`, 'latin1'), body]);
}
