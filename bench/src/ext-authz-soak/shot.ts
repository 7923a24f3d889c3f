import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { CheckRequestSchema } from '@paymesh/common/envoy-auth';

/** A header as the proxy hands it over: name in lower case, exact bytes. */
export type Line = readonly [name: string, value: Buffer];

/** One check before it is encoded: what an attacker can bend. */
export interface Shot {
  readonly policy: string | undefined;
  readonly method: string;
  readonly target: string;
  readonly scheme: string;
  readonly authority: string;
  readonly headers: readonly Line[];
  readonly body: Buffer;
  /** As the proxy states it; 0: not stated. */
  readonly size: number;
  /** The proxy's number of the stream, by which it is known when the proxy asks again. */
  readonly stream: number;
  /** As with `encode_raw_headers` off. */
  readonly isMerged: boolean;
}

/** The bytes of a CheckRequest as Envoy encodes it. */
export function encode(shot: Shot): Uint8Array {
  const { method, target, scheme, authority, headers, body, size, isMerged } = shot;
  const lines = headers.map(([key, rawValue]) => ({ key, rawValue }));
  const merged = Object.fromEntries(headers.map(([name, value]) => [name, value.toString('latin1')]));
  const http = {
    id: String(shot.stream),
    method,
    path: target,
    scheme,
    host: authority,
    rawBody: body,
    size: BigInt(size),
    ...(isMerged ? { headers: merged } : { headerMap: { headers: lines } }),
  };
  const contextExtensions: Record<string, string> =
    shot.policy === undefined ? {} : { policy: shot.policy, route: 'pay/soak' };
  return toBinary(
    CheckRequestSchema,
    create(CheckRequestSchema, { attributes: { contextExtensions, request: { http } } }),
  );
}

/** What whoever stands behind the proxy would believe of a check that was let through. */
export interface Seen {
  readonly policy: string;
  readonly stream: string;
  readonly method: string;
  readonly target: string;
  readonly scheme: string;
  readonly authority: string;
  readonly body: Buffer;
  /** Lines of a header without the space around them; none for a header that is not there. */
  readonly lines: (name: string) => readonly string[];
}

/** Reads a check that was sent, by another way than the service does. */
export function seen(bytes: Uint8Array): Seen {
  const { attributes } = fromBinary(CheckRequestSchema, neededOf(bytes));
  const http = attributes?.request?.http;
  const raw = (http?.headerMap?.headers ?? []).map(
    ({ key, value, rawValue }) =>
      [key, rawValue.length > 0 ? Buffer.from(rawValue).toString('latin1') : value] as const,
  );
  const named = raw.length > 0 ? raw : Object.entries(http?.headers ?? {});
  const headers = named.map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    policy: attributes?.contextExtensions['policy'] ?? '',
    stream: http?.id ?? '',
    method: http?.method ?? '',
    target: http?.path ?? '',
    scheme: http?.scheme ?? '',
    authority: http?.host ?? '',
    body: Buffer.from(http?.rawBody ?? []),
    lines: (name) =>
      headers
        .filter(([other]) => other === name)
        .map(([, value]) => value.replaceAll(/^[ \t]+|[ \t]+$/g, '')),
  };
}

type Needed = ReadonlyMap<number, Needed | undefined>;
const leaves = (fields: readonly number[]): Needed => new Map(fields.map((field) => [field, undefined]));
/** What a decision is made of, by field number: attributes; in them request and extensions; in the request HTTP. */
const HTTP = leaves([1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13]);
const NEEDED: Needed = new Map([[1, new Map([[4, new Map([[2, HTTP]])], ...leaves([10])])]]);

/** A message without what nobody reads: whether that is in order inside is nobody's business, the service's neither. */
function neededOf(bytes: Uint8Array, fields: Needed = NEEDED): Uint8Array {
  const reader = new BinaryReader(bytes);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const inner = fields.get(field);
    if (inner !== undefined && type === WireType.LengthDelimited) {
      writer.tag(field, type).bytes(neededOf(reader.bytes(), inner));
      continue;
    }
    const start = reader.pos;
    reader.skip(type, field);
    if (fields.has(field)) writer.tag(field, type).raw(bytes.subarray(start, reader.pos));
  }
  return writer.finish();
}
