import type { DenialReason } from '../../decision/index.ts';
import { parseBase64Mac } from '../mac-text.ts';

/** The signatures of a webhook-signature header by what can check them. */
export interface WebhookSignatures {
  /** `v1`: HMAC-SHA256, 32 bytes each. */
  readonly macs: readonly Buffer[];
  /** `v1a`: Ed25519, 64 bytes each. */
  readonly ed25519: readonly Buffer[];
}

export type ParsedSignatures =
  | { readonly kind: 'signatures'; readonly signatures: WebhookSignatures }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

/** Most signatures of one header, versions that are passed over included. */
const MAX_SIGNATURES = 8;
/** Most of those that cost a public-key verification for each key of the set. */
const MAX_ED25519 = 4;
const ENTRY = /^(v[0-9]{1,2}[a-z]?),([A-Za-z0-9+/=]{0,512})$/;
/** Padded base64 of 64 bytes in its one right spelling. */
const ED25519 = /^[A-Za-z0-9+/]{85}[AQgw]==$/;

/** Reads `v1,BASE64 v1a,BASE64`, one space between. Versions to come are passed over; they prove nothing here. */
export function parseSignatures(text: string): ParsedSignatures {
  const entries = text.split(' ');
  if (entries.length > MAX_SIGNATURES) return refuse('oversized_signature');
  const macs: Buffer[] = [];
  const ed25519: Buffer[] = [];
  for (const entry of entries) {
    const read = readEntry(entry);
    if (read.kind === 'malformed') return refuse('malformed_signature');
    if (read.kind === 'mac') macs.push(read.bytes);
    if (read.kind === 'ed25519') ed25519.push(read.bytes);
  }
  if (ed25519.length > MAX_ED25519) return refuse('oversized_signature');
  if (macs.length + ed25519.length === 0) return refuse('unsupported_algorithm');
  return { kind: 'signatures', signatures: { macs, ed25519 } };
}

type Entry =
  | { readonly kind: 'mac' | 'ed25519'; readonly bytes: Buffer }
  | { readonly kind: 'other' | 'malformed' };

function readEntry(text: string): Entry {
  const [, version, value = ''] = ENTRY.exec(text) ?? [];
  if (version === undefined) return { kind: 'malformed' };
  if (version === 'v1') return bytesOr('mac', parseBase64Mac(value));
  if (version !== 'v1a') return { kind: 'other' };
  return bytesOr('ed25519', ED25519.test(value) ? Buffer.from(value, 'base64') : undefined);
}

function bytesOr(kind: 'mac' | 'ed25519', bytes: Buffer | undefined): Entry {
  return bytes === undefined ? { kind: 'malformed' } : { kind, bytes };
}

function refuse(reason: DenialReason): ParsedSignatures {
  return { kind: 'refused', reason };
}
