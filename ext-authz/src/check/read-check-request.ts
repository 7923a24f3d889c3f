import { type HeaderList, headerList, isEveryLine, type Message, type Peer } from '../message/index.ts';
import { readBody } from './read-body.ts';
import { decodeCheckRequest, type WireCheck, type WireHttp, type WirePeer } from './wire/index.ts';

/** The request that a check is about, or why there is none. */
export type ReadCheck =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'not_http' }
  | { readonly kind: 'malformed'; readonly what: string };

/** Reads the bytes of a CheckRequest. The message lies in them. */
export function readCheckRequest(bytes: Buffer): ReadCheck {
  const decoded = decodeCheckRequest(bytes);
  if (decoded.kind === 'malformed') return decoded;
  const { http } = decoded.check;
  return http === undefined
    ? { kind: 'not_http' }
    : { kind: 'message', message: messageOf(decoded.check, http) };
}

function messageOf({ source, contextExtensions }: WireCheck, http: WireHttp): Message {
  const isLossy = http.headerLines.isEmpty();
  const headers = isLossy ? mergedHeaders(http) : http.headerLines;
  return {
    policyId: contextExtensions.get('policy'),
    isTrial: contextExtensions.get('trial') === 'true',
    accessIds: accessIdsOf(contextExtensions.get('access')),
    costs: contextExtensions.get('costs'),
    routeId: contextExtensions.get('route') ?? '',
    requestId: requestId(headers),
    attempt: attemptOf(http, source),
    peer: peerOf(source),
    method: http.method,
    scheme: http.scheme,
    authority: http.host,
    target: targetOf(http, headers),
    headers,
    isLossy,
    body: readBody(http, headers),
  };
}

/** `pay/a,pay/b`. An empty part stays: it names no policy, and what is not known denies. */
function accessIdsOf(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(',');
}

/** Envoy's number of the stream and the socket it came on: both Envoy's own words (seen with 1.40: `id` is no header). */
function attemptOf({ id }: WireHttp, { address, port }: WirePeer): string {
  return id === '' ? '' : `${id} ${address} ${port}`;
}

function peerOf({ address, principal, certificate }: WirePeer): Peer {
  return { address, principal, certificate };
}

function mergedHeaders({ mergedHeaders: merged }: WireHttp): HeaderList {
  return headerList([...merged].map(([name, value]) => ({ name: name.toLowerCase(), value })));
}

/**
 * `path` of the attributes is UTF-8 text in which other bytes were replaced. Where the exact bytes are
 * known and differ, the request is not what it seems: an empty target is one that nothing verifies.
 */
function targetOf({ path }: WireHttp, headers: HeaderList): string {
  return isEveryLine(headers, ':path', (value) => isTextOf(path, value)) ? path : '';
}

const BEYOND_ASCII = /[\x80-\uffff]/;

/** Compares without bytes of the text where it is ASCII, which a target that anything verifies is. */
function isTextOf(text: string, value: string): boolean {
  return BEYOND_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') === value : text === value;
}

const UNKNOWN = 'unknown';
const PRINTABLE_ID = /^[A-Za-z0-9._:/-]{1,128}$/;

/** It goes into answers and logs, and may be the client's: printed only when it is plain. */
function requestId(headers: HeaderList): string {
  const place = headers.find('x-request-id');
  if (place < 0) return UNKNOWN;
  const text = headers.textAt(place);
  return PRINTABLE_ID.test(text) ? text : UNKNOWN;
}
