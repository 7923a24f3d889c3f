import type { SecretEncoding } from '@paymesh/common/policy';
import { Secret } from '@paymesh/common/secret';

export type ParsedSecret =
  | { readonly kind: 'secret'; readonly secret: Secret }
  /** A sentence of what is wrong that never repeats the text. Dummy: well written, and no secret. */
  | { readonly kind: 'malformed'; readonly got: string }
  | { readonly kind: 'dummy'; readonly got: string; readonly secret: Secret };

/** Shorter keys can be guessed; HMAC-SHA256 itself would take them. */
export const MIN_SECRET_BYTES = 16;
/** Longest secret, in bytes. */
export const MAX_SECRET_BYTES = 1_024;

interface Spelling {
  readonly form: RegExp;
  readonly from: BufferEncoding;
  readonly otherwise: string;
}

const SPELLINGS: Readonly<Record<SecretEncoding, Spelling>> = {
  base64: {
    form: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
    from: 'base64',
    otherwise: 'text that is not padded base64',
  },
  hex: { form: /^(?:[\dA-Fa-f]{2})*$/, from: 'hex', otherwise: 'text that is not hex' },
  text: { form: /^[\x21-\x7e]*$/, from: 'latin1', otherwise: 'text that is not one word of ASCII' },
};

/** Reads the text of a secret; white space around it is allowed, as files end in a line feed. */
export function parseSecret(text: string, encoding: SecretEncoding = 'base64'): ParsedSecret {
  const trimmed = text.trim();
  const { form, from, otherwise } = SPELLINGS[encoding];
  if (trimmed === '') return { kind: 'malformed', got: 'nothing' };
  if (!form.test(trimmed)) return { kind: 'malformed', got: otherwise };
  const bytes = Buffer.from(trimmed, from);
  if (bytes.length < MIN_SECRET_BYTES || bytes.length > MAX_SECRET_BYTES) {
    return { kind: 'malformed', got: `${bytes.length} bytes` };
  }
  const secret = new Secret(bytes);
  if (bytes.every((byte) => byte === bytes[0])) {
    return { kind: 'dummy', got: `${bytes.length} equal bytes`, secret };
  }
  return { kind: 'secret', secret };
}
