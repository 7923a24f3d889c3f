import type { DenialReason } from '../../decision/index.ts';
import { decodeBase64 } from '../strict-base64.ts';

/** The four values that both kinds of message carry, as text. */
export interface CredentialText {
  readonly serial: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
}

/** The same, checked for form. Nothing in it is proven yet. */
export interface Credential {
  /** Serial of a certificate in hex, or `PUB_KEY_ID_` and a number. */
  readonly serial: string;
  /** As sent: it is signed as text. */
  readonly timestamp: string;
  readonly timestampMs: number;
  readonly nonce: string;
  readonly signature: Uint8Array;
}

export type ParsedCredential =
  | { readonly kind: 'credential'; readonly credential: Credential }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

const SERIAL = /^(?:[0-9A-Fa-f]{1,64}|PUB_KEY_ID_[0-9]{1,64})$/;
/** Unix seconds: no sign, no fraction, no exponent. */
const TIMESTAMP = /^[0-9]{1,12}$/;
const NONCE = /^[A-Za-z0-9_-]{1,128}$/;
/** What a signature of a probe begins with: WeChat Pay looks whether it is refused. */
const PROBE = 'WECHATPAY/SIGNTEST/';
const MS_PER_SECOND = 1_000;

/** Checks the form strictly; a probe is told apart before anything else. */
export function parseCredential(text: CredentialText): ParsedCredential {
  if (text.signature.startsWith(PROBE)) return { kind: 'refused', reason: 'signature_probe' };
  if (!SERIAL.test(text.serial)) return { kind: 'refused', reason: 'malformed_key_id' };
  if (!TIMESTAMP.test(text.timestamp)) return { kind: 'refused', reason: 'malformed_timestamp' };
  if (!NONCE.test(text.nonce)) return { kind: 'refused', reason: 'malformed_nonce' };
  const signature = decodeBase64(text.signature);
  if (signature === undefined) return { kind: 'refused', reason: 'malformed_signature' };
  const { serial, timestamp, nonce } = text;
  const timestampMs = Number(timestamp) * MS_PER_SECOND;
  return { kind: 'credential', credential: { serial, timestamp, timestampMs, nonce, signature } };
}
