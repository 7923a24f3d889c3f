import type { Body, HeaderLine } from '../message/index.ts';
import { latin1Text } from './latin1-text.ts';
import type { WireHttp } from './wire/index.ts';

const PARTIAL_FLAG = 'x-envoy-auth-partial-body';
const WITHHELD: Body = { kind: 'withheld' };
const PARTIAL: Body = { kind: 'partial' };

/**
 * Decides whether the bytes that came are the whole body. On HTTP/2 Envoy lets a body over the limit
 * through cut short (reference/envoy-filters.md 0.1), so every sign of a cut counts: Envoy's flag, its
 * count of bytes, and content-length.
 *
 * Nothing came: Envoy flags a body that it buffered, also an empty one, states no size for it, and takes
 * transfer-encoding away (seen with 1.40). It flags neither a request that ended with its headers nor
 * one whose body it was not set up to buffer; content-length tells most of the latter.
 */
export function readBody(http: WireHttp, headers: readonly HeaderLine[]): Body {
  const flags = valuesOf(headers, PARTIAL_FLAG);
  if (flags.some((flag) => flag !== 'false')) return PARTIAL;
  const bytes = http.rawBody;
  // `body` is text with bytes replaced: pack_as_bytes is off, and nothing exact can be digested.
  if (bytes.byteLength === 0 && http.body !== '') return WITHHELD;
  // 0 and -1: not stated.
  if (http.size > 0 && http.size !== bytes.byteLength) return PARTIAL;
  const lengths = valuesOf(headers, 'content-length');
  const isAgreed = lengths.every(
    (length) => /^\d{1,15}$/.test(length) && Number(length) === bytes.byteLength,
  );
  if (bytes.byteLength > 0) return isAgreed ? { kind: 'whole', bytes } : PARTIAL;
  const isUnbuffered = flags.length === 0 && valuesOf(headers, 'transfer-encoding').length > 0;
  return isAgreed && !isUnbuffered ? { kind: 'whole', bytes } : WITHHELD;
}

function valuesOf(headers: readonly HeaderLine[], name: string): readonly string[] {
  const values: string[] = [];
  for (const line of headers) if (line.name === name) values.push(latin1Text(line.value).trim());
  return values;
}
