import type { DenialReason } from '../../decision/index.ts';
import { decodeBase64 } from '../strict-base64.ts';

/** What the Signature header says. */
export interface SignatureHeader {
  /** Undefined: the latest key of the client is meant. */
  readonly keyVersion: string | undefined;
  readonly signature: Uint8Array;
}

export type ParsedSignature =
  | { readonly kind: 'signature'; readonly signature: SignatureHeader }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

/** RSA with SHA-256, in lower case: its case does not matter. */
export const ALGORITHM = 'rsa256';
const NAMES: ReadonlySet<string> = new Set(['algorithm', 'keyVersion', 'signature']);
const PARAMETER = /^([A-Za-z]{1,32})=([!-~]{1,4096})$/;
const KEY_VERSION = /^[0-9]{1,8}$/;
/** base64 with each of its three signs escaped, or with none: a `+` beside an escape could be a space. */
const ESCAPED = /^(?:[A-Za-z0-9]|%2[BbFf]|%3[Dd])+$/;

/**
 * Reads `algorithm=RSA256, keyVersion=1, signature=...`: each parameter once, spaces after commas allowed. The value
 * is base64, URL-encoded as the documents have it; one that is not encoded at all is taken too, a mixture is not.
 */
export function parseSignature(header: string): ParsedSignature {
  const parameters = parseParameters(header);
  if (typeof parameters === 'string') return refuse(parameters);
  const algorithm = parameters.get('algorithm');
  if (algorithm === undefined) return refuse('malformed_parameter');
  if (algorithm.toLowerCase() !== ALGORITHM) return refuse('unsupported_algorithm');
  const keyVersion = parameters.get('keyVersion');
  if (keyVersion !== undefined && !KEY_VERSION.test(keyVersion)) return refuse('malformed_key_id');
  const signature = decodeSignature(parameters.get('signature') ?? '');
  if (signature === undefined) return refuse('malformed_signature');
  return { kind: 'signature', signature: { keyVersion, signature } };
}

function parseParameters(header: string): ReadonlyMap<string, string> | DenialReason {
  const parameters = new Map<string, string>();
  for (const part of header.split(/,[ \t]*/)) {
    const [, name, value] = PARAMETER.exec(part) ?? [];
    if (name === undefined || value === undefined || !NAMES.has(name)) return 'malformed_parameter';
    if (parameters.has(name)) return 'duplicate_parameter';
    parameters.set(name, value);
  }
  return parameters;
}

function decodeSignature(text: string): Uint8Array | undefined {
  if (!text.includes('%')) return decodeBase64(text);
  return ESCAPED.test(text) ? decodeBase64(decodeURIComponent(text)) : undefined;
}

function refuse(reason: DenialReason): ParsedSignature {
  return { kind: 'refused', reason };
}
