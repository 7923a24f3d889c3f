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
  const bytes = http.rawBody;
  const said = whatHeadersSay(headers, bytes.byteLength);
  if (said.isFlaggedPartial) return PARTIAL;
  // `body` is text with bytes replaced: pack_as_bytes is off, and nothing exact can be digested.
  if (bytes.byteLength === 0 && http.body !== '') return WITHHELD;
  // 0 and -1: not stated.
  if (http.size > 0 && http.size !== bytes.byteLength) return PARTIAL;
  if (bytes.byteLength > 0) return said.isLengthAgreed ? { kind: 'whole', bytes } : PARTIAL;
  const isUnbuffered = !said.isFlagged && said.isEncoded;
  return said.isLengthAgreed && !isUnbuffered ? { kind: 'whole', bytes } : WITHHELD;
}

interface HeadersOfBody {
  isFlagged: boolean;
  isFlaggedPartial: boolean;
  /** Every content-length is the number of bytes that came. */
  isLengthAgreed: boolean;
  isEncoded: boolean;
}

/** One pass over the headers, for every check pays for it. */
function whatHeadersSay(headers: readonly HeaderLine[], byteLength: number): HeadersOfBody {
  const said = { isFlagged: false, isFlaggedPartial: false, isLengthAgreed: true, isEncoded: false };
  for (const line of headers) {
    switch (line.name) {
      case PARTIAL_FLAG:
        said.isFlagged = true;
        if (trimmed(line) !== 'false') said.isFlaggedPartial = true;
        break;
      case 'content-length': {
        const length = trimmed(line);
        if (!/^\d{1,15}$/.test(length) || Number(length) !== byteLength) said.isLengthAgreed = false;
        break;
      }
      case 'transfer-encoding':
        said.isEncoded = true;
        break;
      default:
    }
  }
  return said;
}

function trimmed({ value }: HeaderLine): string {
  return latin1Text(value).trim();
}
