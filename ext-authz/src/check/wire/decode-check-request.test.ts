import { create, fromBinary, type MessageInitShape, toBinary, toJson } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from '@jest/globals';
import { type CheckRequest, CheckRequestSchema } from '@paymesh/common/envoy-auth';
import * as fc from 'fast-check';

import { decodeCheckRequest } from './decode-check-request.ts';

const JWT_AUTHN = 'envoy.filters.http.jwt_authn';

/** Well-formed text, sometimes beyond ASCII. */
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }));
const texts = fc.dictionary(text, text, { maxKeys: 4 });
const bytes = fc.uint8Array({ maxLength: 40 });

const address = fc.oneof(
  fc.record({ address: text, port: fc.integer({ min: 0, max: 65_535 }) }).map(({ address: host, port }) => ({
    address: {
      case: 'socketAddress' as const,
      value: { address: host, portSpecifier: { case: 'portValue' as const, value: port } },
    },
  })),
  text.map((namedPort) => ({
    address: {
      case: 'socketAddress' as const,
      value: { address: 'a', portSpecifier: { case: 'namedPort' as const, value: namedPort } },
    },
  })),
  text.map((path) => ({ address: { case: 'pipe' as const, value: { path } } })),
);

const headerMap = fc
  .array(fc.record({ key: text, value: text, rawValue: bytes }, { requiredKeys: [] }), { maxLength: 5 })
  .map((headers) => ({ headers }));

const http = fc.record(
  {
    id: text,
    method: text,
    headers: texts,
    headerMap,
    path: text,
    host: text,
    scheme: text,
    query: text,
    fragment: text,
    size: fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }),
    protocol: text,
    body: text,
    rawBody: bytes,
  },
  { requiredKeys: [] },
);

const peer = fc.record(
  { address, service: text, labels: texts, principal: text, certificate: text },
  { requiredKeys: [] },
);

const metadata = fc
  .dictionary(fc.oneof(fc.constant(JWT_AUTHN), text), fc.dictionary(text, text, { maxKeys: 2 }), {
    maxKeys: 2,
  })
  .map((filterMetadata) => ({ filterMetadata }));

const init: fc.Arbitrary<MessageInitShape<typeof CheckRequestSchema>> = fc.record(
  {
    attributes: fc.record(
      {
        source: peer,
        destination: peer,
        request: fc.record({ http, time: fc.constant({ seconds: 5n, nanos: 7 }) }, { requiredKeys: [] }),
        contextExtensions: texts,
        metadataContext: metadata,
        routeMetadataContext: metadata,
        tlsSession: fc.record({ sni: text }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

const encoded = init.map((value) =>
  Buffer.from(toBinary(CheckRequestSchema, create(CheckRequestSchema, value))),
);

/** What the generated code reads, in the words of a WireCheck. */
function expected({ attributes }: CheckRequest) {
  const read = attributes?.request?.http;
  const from = attributes?.source;
  const socket = from?.address?.address.case === 'socketAddress' ? from.address.address.value : undefined;
  const jwt = attributes?.metadataContext?.filterMetadata[JWT_AUTHN];
  return {
    http: read && {
      id: read.id,
      method: read.method,
      path: read.path,
      host: read.host,
      scheme: read.scheme,
      size: Number(read.size),
      body: read.body,
      rawBody: hex(read.rawBody),
      mergedHeaders: Object.fromEntries(
        Object.entries(read.headers).map(([key, value]) => [key, hex(Buffer.from(value))]),
      ),
      headerLines: (read.headerMap?.headers ?? []).map(({ key, value, rawValue }) => [
        key.toLowerCase(),
        hex(rawValue.byteLength === 0 ? Buffer.from(value) : rawValue),
      ]),
    },
    source: {
      address: socket?.address ?? '',
      port: socket?.portSpecifier.case === 'portValue' ? socket.portSpecifier.value : 0,
      principal: from?.principal ?? '',
      certificate: from?.certificate ?? '',
    },
    contextExtensions: Object.fromEntries(Object.entries(attributes?.contextExtensions ?? {})),
    jwt,
  };
}

/** What was read, in the same words. */
function decoded(message: Buffer) {
  const result = decodeCheckRequest(message);
  if (result.kind === 'malformed') return result;
  const { http: read, source, contextExtensions, jwtMetadata } = result.check;
  return {
    http: read && {
      ...read,
      rawBody: hex(read.rawBody),
      mergedHeaders: Object.fromEntries([...read.mergedHeaders].map(([key, value]) => [key, hex(value)])),
      headerLines: [...read.headerLines].map(({ name, value }) => [name, hex(value)]),
    },
    source,
    contextExtensions: Object.fromEntries(contextExtensions),
    jwt: jwtMetadata && toJson(StructSchema, fromBinary(StructSchema, jwtMetadata)),
  };
}

function hex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex');
}

describe('decodeCheckRequest', () => {
  test('reads what the generated code reads', () => {
    fc.assert(
      fc.property(encoded, (message) => {
        expect(decoded(message)).toEqual(expected(fromBinary(CheckRequestSchema, message)));
      }),
      { numRuns: 500 },
    );
  });

  test('adds up the parts of one message as the generated code does', () => {
    fc.assert(
      fc.property(encoded, encoded, (one, other) => {
        const message = Buffer.concat([one, other]);
        expect(decoded(message)).toEqual(expected(fromBinary(CheckRequestSchema, message)));
      }),
      { numRuns: 500 },
    );
  });

  test('takes any bytes without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        expect(decodeCheckRequest(Buffer.from(message)).kind).toMatch(/^(check|malformed)$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test('takes bent messages without a throw, and gives nothing beyond their bytes', () => {
    const bend = fc.record({ at: fc.nat(), byte: fc.nat(255), length: fc.nat() });
    fc.assert(
      fc.property(encoded, bend, (message, { at, byte, length }) => {
        if (message.byteLength === 0) return;
        message[at % message.byteLength] = byte;
        const cut = message.subarray(0, length % (message.byteLength + 1));
        for (const bytesGiven of [message, cut]) {
          const result = decodeCheckRequest(bytesGiven);
          if (result.kind === 'malformed') continue;
          const { rawBody, headerLines = [] } = result.check.http ?? {};
          const held = [...headerLines].reduce(
            (sum, { value }) => sum + value.byteLength,
            rawBody?.byteLength ?? 0,
          );
          expect(held).toBeLessThanOrEqual(bytesGiven.byteLength);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('every message that is cut short within a field is malformed', () => {
    const message = toBinary(
      CheckRequestSchema,
      create(CheckRequestSchema, {
        attributes: { request: { http: { path: '/v1/payments', rawBody: Buffer.alloc(9) } } },
      }),
    );
    for (let length = 1; length < message.byteLength; length += 1) {
      expect(decodeCheckRequest(Buffer.from(message.subarray(0, length))).kind).toBe('malformed');
    }
  });

  test.each<[string, readonly number[]]>([
    ['field number 0', [0x02, 0]],
    ['a group', [0x13, 0x14]],
    ['the end of a group', [0x14]],
    ['wire type 6', [0x16]],
    ['wire type 7', [0x17]],
    ['attributes that are a number', [0x08, 1]],
    ['attributes that are 32 bits', [0x0d, 0, 0, 0, 0]],
    ['a tag of six bytes', [0x8a, 0x80, 0x80, 0x80, 0x80, 0x00, 0]],
    ['a length of six bytes', [0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0]],
    ['a length of 2 GiB', [0x0a, 0x80, 0x80, 0x80, 0x80, 0x08]],
    ['a number of eleven bytes', [0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0]],
    ['a number cut short', [0x10, 0x80]],
    ['64 bits cut short', [0x11, 0, 0, 0, 0, 0, 0, 0]],
    ['a message that ends beyond the one around it', [0x0a, 2, 0x22, 1, 0x12, 0]],
    ['text that is not UTF-8', [0x0a, 7, 0x22, 5, 0x12, 3, 0x12, 1, 0xff]],
    ['text with a surrogate', [0x0a, 9, 0x22, 7, 0x12, 5, 0x12, 3, 0xed, 0xa0, 0x80]],
    ['a merged value that is not UTF-8', [0x0a, 9, 0x22, 7, 0x12, 5, 0x1a, 3, 0x12, 1, 0xff]],
    ['a size that is text', [0x0a, 6, 0x22, 4, 0x12, 2, 0x4a, 0]],
  ])('%s is malformed', (_name, message) => {
    expect(decodeCheckRequest(Buffer.from(message))).toMatchObject({ kind: 'malformed' });
  });

  test('keeps the byte-order mark of a text', () => {
    const message = create(CheckRequestSchema, { attributes: { request: { http: { path: '\uFEFF/a' } } } });
    const result = decodeCheckRequest(Buffer.from(toBinary(CheckRequestSchema, message)));
    expect(result).toMatchObject({ check: { http: { path: '\uFEFF/a' } } });
  });
});
