import { hash } from 'node:crypto';

/** First line of the signed text: ties a signature to this scheme and version. */
const SCHEME = 'PAYMESH-HMAC-SHA256';

/** All that a signature covers. */
export interface SignedParts {
  /** As received, case kept. */
  readonly method: string;
  /** `:path` with query, byte for byte. */
  readonly target: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: Uint8Array;
  /** Further covered headers in the order of the policy; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/**
 * The text that is signed: seven or more parts, each on a line, LF between, none at the end. No part
 * may hold an LF; callers have made sure of that, or two requests could share one text.
 */
export function canonicalText(parts: SignedParts): string {
  const digest = hash('sha256', parts.body, 'hex');
  const text = `${SCHEME}\n${parts.method}\n${parts.target}\n${parts.timestamp}\n${parts.nonce}\n${digest}`;
  return parts.headers.reduce((lines, [name, value]) => `${lines}\n${name}:${value}`, text);
}
