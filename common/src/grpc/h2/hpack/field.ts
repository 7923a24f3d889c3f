/** What a field means to a server of requests. */
export const Kind = {
  other: 0,
  /** A request with it is refused. (RFC 9113, 8.2) */
  malformed: 1,
  method: 2,
  scheme: 3,
  path: 4,
  authority: 5,
  contentType: 6,
  contentLength: 7,
  grpcTimeout: 8,
  grpcEncoding: 9,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** One line of a header list; what it means is found out once, and kept with it in the tables. */
export interface Field {
  readonly name: string;
  /** Each character is one byte. */
  readonly value: string;
  readonly kind: Kind;
  /** As RFC 7541, 4.1 counts. */
  readonly bytes: number;
}

const OVERHEAD_BYTES = 32;
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [':method', Kind.method],
  [':scheme', Kind.scheme],
  [':path', Kind.path],
  [':authority', Kind.authority],
  ['content-type', Kind.contentType],
  ['content-length', Kind.contentLength],
  ['grpc-timeout', Kind.grpcTimeout],
  ['grpc-encoding', Kind.grpcEncoding],
  // Of HTTP/1.1 connections. (RFC 9113, 8.2.2)
  ['connection', Kind.malformed],
  ['keep-alive', Kind.malformed],
  ['proxy-connection', Kind.malformed],
  ['transfer-encoding', Kind.malformed],
  ['upgrade', Kind.malformed],
]);
/** A token without capitals. (RFC 9110, 5.6.2; RFC 9113, 8.2.1) */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const BAD_VALUE = /^[ \t]|[\0\r\n]|[ \t]$/;

/** A field that was sent. */
export function createField(name: string, value: string): Field {
  return { name, value, kind: kindOf(name, value), bytes: name.length + value.length + OVERHEAD_BYTES };
}

function kindOf(name: string, value: string): Kind {
  const known = KINDS.get(name);
  if (BAD_VALUE.test(value) || (known === undefined && !NAME.test(name))) return Kind.malformed;
  // (RFC 9113, 8.2.2)
  if (name === 'te' && value !== 'trailers') return Kind.malformed;
  return known ?? Kind.other;
}
