/** The four header values of a signed request, as text. */
export interface CredentialText {
  readonly keyId: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
}

/** The same, checked for form. Nothing in it is proven yet. */
export interface Credential {
  readonly keyId: string;
  /** As typed: it is signed as text. */
  readonly timestamp: string;
  readonly timestampMs: number;
  readonly nonce: string;
  /** 32 bytes. */
  readonly mac: Buffer;
}

export type ParsedCredential =
  | { readonly kind: 'credential'; readonly credential: Credential }
  | { readonly kind: 'malformed'; readonly part: 'key_id' | 'timestamp' | 'nonce' | 'signature' };

/** Visible ASCII; it is only ever looked up in a Map. */
const KEY_ID = /^[\x21-\x7e]{1,128}$/;
/** Unix seconds: no sign, no fraction, no exponent. */
const TIMESTAMP = /^[0-9]{1,12}$/;
const NONCE = /^[A-Za-z0-9_-]{16,128}$/;
/** Standard base64 of exactly 32 bytes in its one right spelling: the last digit's two spare bits are 0. */
const SIGNATURE = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
const MS_PER_SECOND = 1_000;

/** Checks the form of a credential strictly; nothing is trimmed, decoded or repaired. */
export function parseCredential(text: CredentialText): ParsedCredential {
  if (!KEY_ID.test(text.keyId)) return { kind: 'malformed', part: 'key_id' };
  if (!TIMESTAMP.test(text.timestamp)) return { kind: 'malformed', part: 'timestamp' };
  if (!NONCE.test(text.nonce)) return { kind: 'malformed', part: 'nonce' };
  if (!SIGNATURE.test(text.signature)) return { kind: 'malformed', part: 'signature' };
  const credential = {
    keyId: text.keyId,
    timestamp: text.timestamp,
    timestampMs: Number(text.timestamp) * MS_PER_SECOND,
    nonce: text.nonce,
    mac: Buffer.from(text.signature, 'base64'),
  };
  return { kind: 'credential', credential };
}
