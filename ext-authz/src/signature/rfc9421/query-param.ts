import { isUtf8 } from 'node:buffer';

import { classOf } from '../structured-field/index.ts';
import { MAX_QUERY_PARAMS } from './limits.ts';
import { type Refusal, refuse } from './refusal.ts';

/** What form-encoding leaves as it is; all else, the space too, is percent-encoded (RFC 9421 section 2.2.8). */
const isUnreserved = classOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._');
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;
const ENCODED = Array.from({ length: 256 }, (_, byte) =>
  isUnreserved(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
);

/** Parameters of a query by encoded name; `repeated` for a name that comes more than once. */
export type QueryParams = ReadonlyMap<string, { readonly value: string } | 'repeated'>;

/** Reads a query as a form and encodes names and values again. Bytes that are no UTF-8 are refused, for decoders differ on them. */
export function readQueryParams(query: string): QueryParams | Refusal {
  const params = new Map<string, { readonly value: string } | 'repeated'>();
  const pairs = query.split('&', MAX_QUERY_PARAMS + 1);
  if (pairs.length > MAX_QUERY_PARAMS) return refuse('oversized_signature');
  for (const pair of pairs) {
    if (pair === '') continue;
    const mark = pair.indexOf('=');
    const name = reencode(mark === -1 ? pair : pair.slice(0, mark));
    const value = mark === -1 ? '' : reencode(pair.slice(mark + 1));
    if (name === undefined || value === undefined) return refuse('malformed_target');
    params.set(name, params.has(name) ? 'repeated' : { value });
  }
  return params;
}

function reencode(text: string): string | undefined {
  const bytes = formDecoded(text);
  if (!isUtf8(bytes)) return undefined;
  let encoded = '';
  for (const byte of bytes) encoded += ENCODED[byte] ?? '';
  return encoded;
}

/** A `%` without two hexadecimal digits stands for itself, as the URL standard has it. */
function formDecoded(text: string): Uint8Array {
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const escaped = code === PERCENT ? escapedByte(text, at) : undefined;
    if (escaped !== undefined) at += 2;
    bytes[length] = escaped ?? (code === PLUS ? SPACE : code);
    length += 1;
  }
  return bytes.subarray(0, length);
}

function escapedByte(text: string, at: number): number | undefined {
  const high = hexDigit(text.charCodeAt(at + 1));
  const low = hexDigit(text.charCodeAt(at + 2));
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

function hexDigit(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  // Sets the bit that makes letters lower case.
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}
