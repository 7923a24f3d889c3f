import type {
  AttributeContext_HttpRequest,
  AttributeContext_Peer,
  CheckRequest,
} from '@paymesh/common/envoy-auth';

import type { HeaderLine, Message, Peer } from '../message/index.ts';
import { readBody } from './read-body.ts';

/** Undefined for a check of something that is no HTTP request. */
export function readCheckRequest(request: CheckRequest): Message | undefined {
  const http = request.attributes?.request?.http;
  if (http === undefined) return undefined;
  const extensions = request.attributes?.contextExtensions ?? {};
  const isLossy = http.headerMap === undefined || http.headerMap.headers.length === 0;
  const headers = isLossy ? mergedHeaders(http) : rawHeaders(http);
  return {
    policyId: ownValue(extensions, 'policy'),
    isTrial: ownValue(extensions, 'trial') === 'true',
    accessIds: accessIdsOf(ownValue(extensions, 'access')),
    routeId: ownValue(extensions, 'route') ?? '',
    requestId: requestId(headers),
    attempt: attemptOf(request),
    peer: peerOf(request),
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
function attemptOf({ attributes }: CheckRequest): string {
  const id = attributes?.request?.http?.id ?? '';
  if (id === '') return '';
  const { address, port } = socketOf(attributes?.source);
  return `${id} ${address} ${port}`;
}

function peerOf({ attributes }: CheckRequest): Peer {
  const { source } = attributes ?? {};
  return {
    address: socketOf(source).address,
    principal: source?.principal ?? '',
    certificate: source?.certificate ?? '',
  };
}

function socketOf(peer: AttributeContext_Peer | undefined): {
  readonly address: string;
  readonly port: string;
} {
  const socket = peer?.address?.address;
  if (socket?.case !== 'socketAddress') return { address: '', port: '' };
  const { address, portSpecifier } = socket.value;
  return { address, port: portSpecifier.case === 'portValue' ? String(portSpecifier.value) : '' };
}

/** `encode_raw_headers`: one entry a line, exact bytes. */
function rawHeaders({ headerMap }: AttributeContext_HttpRequest): readonly HeaderLine[] {
  return (headerMap?.headers ?? []).map(({ key, value, rawValue }) => ({
    name: key.toLowerCase(),
    value: rawValue.byteLength === 0 && value !== '' ? Buffer.from(value, 'utf8') : rawValue,
  }));
}

function mergedHeaders({ headers }: AttributeContext_HttpRequest): readonly HeaderLine[] {
  return Object.entries(headers).map(([key, value]) => ({
    name: key.toLowerCase(),
    value: Buffer.from(value, 'utf8'),
  }));
}

/**
 * `path` of the attributes is UTF-8 text in which other bytes were replaced. Where the exact bytes are
 * known and differ, the request is not what it seems: an empty target is one that nothing verifies.
 */
function targetOf({ path }: AttributeContext_HttpRequest, headers: readonly HeaderLine[]): string {
  const exact = headers.filter(({ name }) => name === ':path');
  const isSame = exact.every(({ value }) => Buffer.from(path, 'utf8').equals(value));
  return isSame ? path : '';
}

const UNKNOWN = 'unknown';
const PRINTABLE_ID = /^[A-Za-z0-9._:/-]{1,128}$/;

/** It goes into answers and logs, and may be the client's: printed only when it is plain. */
function requestId(headers: readonly HeaderLine[]): string {
  const line = headers.find(({ name }) => name === 'x-request-id');
  if (line === undefined) return UNKNOWN;
  const text = Buffer.from(line.value).toString('latin1');
  return PRINTABLE_ID.test(text) ? text : UNKNOWN;
}

/** A key of the object itself: `constructor` and the like are no extensions. */
function ownValue(record: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
