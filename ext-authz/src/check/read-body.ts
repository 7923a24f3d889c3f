import type { AttributeContext_HttpRequest } from '@paymesh/common/envoy-auth';

import type { Body, HeaderLine } from '../message/index.ts';

const PARTIAL_FLAG = 'x-envoy-auth-partial-body';
const WITHHELD: Body = { kind: 'withheld' };
const PARTIAL: Body = { kind: 'partial' };

/**
 * Decides whether the bytes that came are the whole body. On HTTP/2 Envoy lets a body over the limit
 * through cut short (reference/envoy-filters.md 0.1), so every sign of a cut counts: Envoy's flag, its
 * count of bytes, and content-length. Envoy states no size for an empty body and none for one that it
 * does not buffer, so "nothing came" needs content-length to tell the two apart.
 */
export function readBody(http: AttributeContext_HttpRequest, headers: readonly HeaderLine[]): Body {
  const flags = valuesOf(headers, PARTIAL_FLAG);
  if (flags.some((flag) => flag !== 'false')) return PARTIAL;
  const bytes = http.rawBody;
  // `body` is text with bytes replaced: pack_as_bytes is off, and nothing exact can be digested.
  if (bytes.byteLength === 0 && http.body !== '') return WITHHELD;
  // 0 and -1: not stated.
  if (http.size > 0n && http.size !== BigInt(bytes.byteLength)) return PARTIAL;
  const lengths = valuesOf(headers, 'content-length');
  const isAgreed = lengths.every(
    (length) => /^\d{1,15}$/.test(length) && Number(length) === bytes.byteLength,
  );
  if (bytes.byteLength > 0) return isAgreed ? { kind: 'whole', bytes } : PARTIAL;
  const isChunked = valuesOf(headers, 'transfer-encoding').length > 0;
  return isAgreed && !isChunked ? { kind: 'whole', bytes } : WITHHELD;
}

function valuesOf(headers: readonly HeaderLine[], name: string): readonly string[] {
  return headers
    .filter((line) => line.name === name)
    .map(({ value }) => Buffer.from(value).toString('latin1').trim());
}
