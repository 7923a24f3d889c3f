import { type Body, type HeaderList, isEveryLine } from '../message/index.ts';
import type { WireHttp } from './wire/index.ts';

const PARTIAL_FLAG = 'x-envoy-auth-partial-body';
const LENGTH = /^\d{1,15}$/;
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
export function readBody(http: WireHttp, headers: HeaderList): Body {
  const bytes = http.rawBody;
  const isFlaggedPartial = !isEveryLine(headers, PARTIAL_FLAG, (flag) => flag.trim() === 'false');
  if (isFlaggedPartial) return PARTIAL;
  // `body` is text with bytes replaced: pack_as_bytes is off, and nothing exact can be digested.
  if (bytes.byteLength === 0 && http.body !== '') return WITHHELD;
  // 0 and -1: not stated.
  if (http.size > 0 && http.size !== bytes.byteLength) return PARTIAL;
  const isLengthAgreed = isEveryLine(headers, 'content-length', (text) => isLength(text, bytes.byteLength));
  if (bytes.byteLength > 0) return isLengthAgreed ? { kind: 'whole', bytes } : PARTIAL;
  const isUnbuffered = headers.find(PARTIAL_FLAG) < 0 && headers.find('transfer-encoding') >= 0;
  return isLengthAgreed && !isUnbuffered ? { kind: 'whole', bytes } : WITHHELD;
}

function isLength(text: string, byteLength: number): boolean {
  const length = text.trim();
  return LENGTH.test(length) && Number(length) === byteLength;
}
