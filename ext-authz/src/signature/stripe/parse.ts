import type { DenialReason } from '../../decision/index.ts';
import { parseHexMac } from '../mac-text.ts';
import { parseUnixSeconds } from '../unix-seconds.ts';

/** A Stripe-Signature header, checked for form. */
export interface StripeSignature {
  /** As typed: it is signed as text. */
  readonly timestamp: string;
  readonly timestampMs: number;
  /** The v1 signatures, 32 bytes each, at least one: several while a secret is rolled. */
  readonly macs: readonly Buffer[];
}

export type ParsedStripeSignature =
  | { readonly kind: 'signature'; readonly signature: StripeSignature }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

/** Most `v1` signatures of one header. */
const MAX_MACS = 8;
/** Most parts of one header, other schemes included. */
const MAX_PARTS = 16;
const PART = /^([a-z][a-z0-9]{0,7})=([A-Za-z0-9]{1,256})$/;

/** Reads `t=SECONDS,v1=HEX[,v1=HEX][,v0=HEX]`. Nothing is trimmed; `v0` and other schemes prove nothing and are passed over. */
export function parseStripeSignature(text: string): ParsedStripeSignature {
  const parts = text.split(',');
  if (parts.length > MAX_PARTS) return refuse('oversized_signature');
  const timestamps: string[] = [];
  const macs: Buffer[] = [];
  for (const part of parts) {
    const [, name, value] = PART.exec(part) ?? [];
    if (name === undefined || value === undefined) return refuse('malformed_signature');
    if (name === 't') timestamps.push(value);
    if (name !== 'v1') continue;
    const mac = parseHexMac(value);
    if (mac === undefined) return refuse('malformed_signature');
    macs.push(mac);
  }
  return build(timestamps, macs);
}

function build(timestamps: readonly string[], macs: readonly Buffer[]): ParsedStripeSignature {
  if (timestamps.length > 1) return refuse('duplicate_parameter');
  if (macs.length > MAX_MACS) return refuse('oversized_signature');
  // Only schemes that are no longer safe: taking them would be the downgrade that they are sent for.
  if (macs.length === 0) return refuse('unsupported_algorithm');
  const [timestamp = ''] = timestamps;
  const timestampMs = parseUnixSeconds(timestamp);
  if (timestampMs === undefined) return refuse('malformed_timestamp');
  return { kind: 'signature', signature: { timestamp, timestampMs, macs } };
}

function refuse(reason: DenialReason): ParsedStripeSignature {
  return { kind: 'refused', reason };
}
