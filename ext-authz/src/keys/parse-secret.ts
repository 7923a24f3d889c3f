import { Secret } from '@paymesh/common/secret';

export type ParsedSecret =
  | { readonly kind: 'secret'; readonly secret: Secret }
  /** A sentence of what is wrong that never repeats the text. */
  | { readonly kind: 'malformed'; readonly got: string };

/** Shorter keys can be guessed; HMAC-SHA256 itself would take them. */
export const MIN_SECRET_BYTES = 16;
/** Longest secret, in bytes. */
export const MAX_SECRET_BYTES = 1_024;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Reads padded base64 text; white space around it is allowed, as files end in a line feed. */
export function parseSecret(text: string): ParsedSecret {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'malformed', got: 'nothing' };
  if (!BASE64.test(trimmed)) return { kind: 'malformed', got: 'text that is not padded base64' };
  const bytes = Buffer.from(trimmed, 'base64');
  if (bytes.length < MIN_SECRET_BYTES || bytes.length > MAX_SECRET_BYTES) {
    return { kind: 'malformed', got: `${bytes.length} bytes` };
  }
  return { kind: 'secret', secret: new Secret(bytes) };
}
